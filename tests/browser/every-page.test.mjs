// Every page over the sample desk, at three widths in both themes: nothing scrolls sideways, axe finds nothing, the browser complains of
// nothing. A line a page: name of its pictures, address. SPOOFWATCH_ONLY names those to look at, with commas between.
import { describe, it } from "node:test";
import { lookAt, stranger } from "./lib/console.mjs";

const PAGES = {
  "accepted-domains": "/settings/accepted-domains",
  "alert-hostile": "/alerts/0008",
  "alert-of-mail": "/alerts/0002",
  "alerts-filtered": "/alerts?q=severity%3Ahigh",
  "dkim-keys": "/domains/keys",
  "domain-good": "/domains/contoso.com",
  "domain-unknown": "/domains/new.example",
  "exclusion-new": "/exclusions/new?alert=0002",
  "fix-applied": "/fixes/f6a9b8c7d6e5f401",
  "fix-by-hand": "/fixes/f4c7d8e9fa0b4c1d",
  "fix-failed": "/fixes/f8d5e6f708192a3b",
  "fix-proposed": "/fixes/f2d01a5b77c04e18",
  "hunt-chart": "/hunt?q=EmailEvents%20%7C%20render%20timechart",
  "hunt-explain": "/hunt/explain?q=EmailEvents%0A%7C%20take%201",
  "hunt-fault": "/hunt?q=EmailEvents%0A%7C%20whre%20x",
  "hunt-functions": "/hunt/functions",
  "hunt-history": "/hunt/history",
  "hunt-hostile": "/hunt?q=Hostile",
  "hunt-rows": "/hunt?q=EmailEvents",
  "hunt-saved": "/hunt/saved",
  "hunt-schema": "/hunt/schema",
  "hunt-table": "/hunt/schema/EmailEvents",
  "message-unknown": "/messages/1c8d3e22-2222-4333-8444-a55566667777",
  "quarantine-message": "/quarantine/20261120T000002-3c6ef362",
  "reports-domains": "/reports/domains",
  "reports-failures": "/reports/failures",
  "reports-policy": "/reports/policy",
  "reports-senders": "/reports/senders",
  "reports-tls": "/reports/tls",
  "rule-edit": "/rules/own-domain-dmarc-fail/edit",
  "rule-exclusions": "/rules/own-domain-dmarc-fail?part=exclusions",
  "rule-hostile": "/rules/hostile-name",
  "rule-new": "/rules/new",
  "rule-query": "/rules/broken-column?part=query",
  "rule-runs": "/rules/own-domain-dmarc-fail?part=runs",
  "rule-versions": "/rules/own-domain-dmarc-fail?part=versions",
  "rules-coverage": "/rules/coverage",
  "rules-import": "/rules/import",
  alert: "/alerts/0001",
  alerts: "/alerts",
  configuration: "/settings/configuration",
  coverage: "/rules/coverage",
  domain: "/domains/shop.example",
  domains: "/domains",
  exclusion: "/exclusions/ex-1",
  exclusions: "/exclusions",
  fixes: "/fixes?status=all",
  gallery: "/gallery",
  hunt: "/hunt",
  incident: "/incidents/INC-3",
  incidents: "/incidents",
  keys: "/help/keys",
  message: "/messages/5f0c1f64-8d2e-4c1b-b0a3-08dc4a5b6c7d",
  messages: "/messages",
  notifications: "/settings/notifications",
  overview: "/",
  quarantine: "/quarantine",
  rule: "/rules/own-domain-dmarc-fail",
  rules: "/rules",
  sources: "/settings/sources",
  storage: "/settings/storage",
  tenant: "/domains/tenant",
  account: "/settings/account",
  audit: "/settings/audit",
  users: "/settings/users",
  watchlist: "/settings/watchlists/VIPUsers",
  watchlists: "/settings/watchlists",
};

/** Pages that say what is wrong: the browser notes their status. */
const FAULTS = {
  "not-found": "/nowhere",
};

const only = process.env.SPOOFWATCH_ONLY?.split(",");

// Two at a time in one browser: nothing is changed here, and a machine of CI has two cores.
describe("every page", { concurrency: 2 }, () => {
  for (const [name, address] of Object.entries(PAGES)) {
    it(name, { skip: only && !only.includes(name) }, () => lookAt(address, name));
  }
  for (const [name, address] of Object.entries(FAULTS)) {
    it(name, { skip: only && !only.includes(name) }, () => lookAt(address, name, { expected: [/^answer: 4/, /status of 4/] }));
  }
  // The sample signs everybody in who brings no cookie.
  it("sign-in", { skip: only && !only.includes("sign-in") }, () => lookAt("/sign-in", "sign-in", { storage: stranger() }));
});
