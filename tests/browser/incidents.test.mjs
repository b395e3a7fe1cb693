// Incidents: the story is read, the incident closed with its alerts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("an incident is opened from the list and closed with all its alerts, by keyboard", async () => {
  const page = await open("/incidents");
  const place = await page.locator("#incidents tbody tr").evaluateAll((rows) => rows.findIndex((row) => row.textContent.includes("INC-2")));
  for (let at = 0; at <= place; at += 1) await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/incidents/INC-2");
  const times = await page.locator(".timeline time").evaluateAll((all) => all.map((time) => time.dateTime));
  assert.deepEqual(times, [...times].sort(), "the story stands in time order");

  await page.keyboard.press("c");
  await page.locator("#close-verdict").selectOption("false_positive");
  await page.getByRole("button", { name: "Close", exact: true }).press("Enter");
  await page.locator(".toast").waitFor();
  const states = await page.locator("#incident-alerts td[data-column=status]").allTextContents();
  assert.ok(states.length > 0 && states.every((words) => words.includes("Closed")), states.join());
  await close(page);
});
