// Every page over the sample desk, at three widths in both themes: nothing scrolls sideways, axe finds nothing, the browser complains of
// nothing. A line a page: name of its pictures, address. SPOOFWATCH_ONLY names those to look at, with commas between.
import { test } from "node:test";
import { lookAt } from "./lib/console.mjs";

const PAGES = {
  "alert-hostile": "/alerts/0008",
  "alert-of-mail": "/alerts/0002",
  "alerts-filtered": "/alerts?q=severity%3Ahigh",
  "exclusion-new": "/exclusions/new?alert=0002",
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
  coverage: "/rules/coverage",
  exclusion: "/exclusions/ex-1",
  exclusions: "/exclusions",
  gallery: "/gallery",
  hunt: "/hunt",
  incident: "/incidents/INC-3",
  incidents: "/incidents",
  keys: "/help/keys",
  overview: "/",
  rule: "/rules/own-domain-dmarc-fail",
  rules: "/rules",
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
