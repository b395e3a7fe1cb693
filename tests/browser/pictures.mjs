// The pictures of the console in the guides, taken from the sample desk that the example `gallery` serves:
// SPOOFWATCH_URL=http://127.0.0.1:8650 node tests/browser/pictures.mjs [FOLDER]
//
// SPOOFWATCH_URL      where the console answers
// SPOOFWATCH_CHROMIUM the browser; /usr/bin/chromium if nothing is said
import assert from "node:assert/strict";
import path from "node:path";
import { chromium } from "playwright-core";

const baseURL = process.env.SPOOFWATCH_URL;
assert.ok(baseURL, "SPOOFWATCH_URL says where the console answers");

const folder = process.argv[2] ?? path.join(import.meta.dirname, "../../docs/images");

const TREND = `EmailEvents
| extend DKIM = tostring(parse_json(AuthenticationDetails).DKIM)
| make-series
    Failures = countif(DKIM == "fail") default=0,
    TempErrors = countif(DKIM == "temperror") default=0
    on Timestamp from ago(30d) to now() step 1d
| render timechart`;

/** A line a picture: its name, the page, and what is on it when it is ready. */
const PICTURES = [
  ["console-alert", "/alerts/0001", "main .card"],
  ["console-overview", "/", "main .chart"],
  ["console-hunt", `/hunt?q=${encodeURIComponent(TREND)}`, "#schema .schema-table"],
];

const browser = await chromium.launch({
  executablePath: process.env.SPOOFWATCH_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const context = await browser.newContext({
  baseURL,
  viewport: { width: 1280, height: 800 },
  colorScheme: "light",
  reducedMotion: "reduce",
  locale: "en-GB",
  timezoneId: "UTC",
});
const page = await context.newPage();
for (const [name, address, ready] of PICTURES) {
  const answer = await page.goto(address);
  assert.ok(answer.ok(), `${address}: ${answer.status()}`);
  await page.locator(ready).first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.activeElement?.blur());
  // What the sample desk has to hurt pages says nothing to a reader of the guides.
  await page.locator("li", { hasText: "<script>" }).evaluateAll((lines) => lines.forEach((line) => line.remove()));
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: "disabled" });
}
await browser.close();
