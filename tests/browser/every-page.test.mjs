// Every page over the sample desk, at three widths in both themes: nothing scrolls sideways, axe finds nothing, the browser complains of
// nothing. A line a page: name of its pictures, address. SPOOFWATCH_ONLY names those to look at, with commas between.
import { test } from "node:test";
import { lookAt } from "./lib/console.mjs";

const PAGES = {
  gallery: "/gallery",
  keys: "/help/keys",
  domains: "/domains",
  domain: "/domains/shop.example",
  "domain-good": "/domains/contoso.com",
  "domain-unknown": "/domains/new.example",
  "dkim-keys": "/domains/keys",
  tenant: "/domains/tenant",
  fixes: "/fixes?status=all",
  "fix-proposed": "/fixes/f2d01a5b77c04e18",
  "fix-by-hand": "/fixes/f4c7d8e9fa0b4c1d",
  "fix-applied": "/fixes/f6a9b8c7d6e5f401",
  "fix-failed": "/fixes/f8d5e6f708192a3b",
  "reports-domains": "/reports/domains",
  "reports-senders": "/reports/senders",
  "reports-policy": "/reports/policy",
  "reports-failures": "/reports/failures",
  "reports-tls": "/reports/tls",
  messages: "/messages",
  message: "/messages/5f0c1f64-8d2e-4c1b-b0a3-08dc4a5b6c7d",
  "message-unknown": "/messages/1c8d3e22-2222-4333-8444-a55566667777",
  quarantine: "/quarantine",
  "quarantine-message": "/quarantine/20261120T000002-3c6ef362",
  sources: "/settings/sources",
  "accepted-domains": "/settings/accepted-domains",
  watchlists: "/settings/watchlists",
  watchlist: "/settings/watchlists/VIPUsers",
  notifications: "/settings/notifications",
  storage: "/settings/storage",
  configuration: "/settings/configuration",
  rules: "/rules",
  rule: "/rules/own-domain-dmarc-fail",
  "rule-hostile": "/rules/hostile-name",
  "rule-query": "/rules/broken-column?part=query",
  "rule-versions": "/rules/own-domain-dmarc-fail?part=versions",
  "rule-runs": "/rules/own-domain-dmarc-fail?part=runs",
  "rule-exclusions": "/rules/own-domain-dmarc-fail?part=exclusions",
  "rule-edit": "/rules/own-domain-dmarc-fail/edit",
  "rules-import": "/rules/import",
  "rules-coverage": "/rules/coverage",
  hunt: "/hunt",
  "hunt-rows": "/hunt?q=EmailEvents",
  "hunt-chart": "/hunt?q=EmailEvents%20%7C%20render%20timechart",
  "hunt-fault": "/hunt?q=EmailEvents%0A%7C%20whre%20x",
  "hunt-hostile": "/hunt?q=Hostile",
  "hunt-saved": "/hunt/saved",
  "hunt-history": "/hunt/history",
  "hunt-schema": "/hunt/schema",
  "hunt-table": "/hunt/schema/EmailEvents",
  "hunt-functions": "/hunt/functions",
  "hunt-explain": "/hunt/explain?q=EmailEvents%0A%7C%20take%201",
};

/** Pages that say what is wrong: the browser notes their status. */
const FAULTS = {
  "not-found": "/nowhere",
};

const only = process.env.SPOOFWATCH_ONLY?.split(",");

for (const [name, address] of Object.entries(PAGES)) {
  test(name, { skip: only && !only.includes(name) }, () => lookAt(address, name));
}
for (const [name, address] of Object.entries(FAULTS)) {
  test(name, { skip: only && !only.includes(name) }, () => lookAt(address, name, { expected: [/^answer: 4/, /status of 4/] }));
}
