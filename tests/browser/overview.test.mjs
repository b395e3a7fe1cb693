// The first page: today against the usual.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("the first page leads to the most severe alert by one key", async () => {
  const page = await open("/");
  await page.keyboard.press("o");
  await page.waitForURL("**/alerts/*");
  assert.match(await page.locator(".lead").textContent(), /Critical/);
  await close(page);
});

test("charts look back as far as the address says, and say their numbers", async () => {
  const page = await open("/?days=30");
  assert.equal(await page.locator(".chips [aria-current]").textContent(), "30 days");
  const chart = page.locator("figure.chart").first();
  await chart.locator("summary").click();
  assert.equal(await chart.locator("tbody tr").count(), 30);
  await close(page);
});
