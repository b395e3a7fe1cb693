// The queue and one alert, worked without a mouse.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("an alert is opened from the queue, its guide's query run, and closed with a verdict, all by keyboard", async () => {
  const page = await open("/alerts?q=incident%3AINC-3%20and%20rule%3A514121ce-c7b6-474a-8237-68ff71672379");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/alerts/0001*");
  assert.match(await page.locator(".why").textContent(), /Set-DkimSigningConfig/);

  await page.keyboard.press("r");
  const rows = page.locator(".guide-query [data-rows]").first();
  await rows.locator(".answer, .field-error").first().waitFor();
  assert.equal(await rows.locator(".field-error").count(), 0, await rows.textContent());

  await page.keyboard.press("c");
  await page.locator("#close-verdict").focus();
  await page.keyboard.press("t"); // True positive ...
  await page.locator("#close-comment").focus();
  await page.keyboard.type("The account was taken over.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator(".toast").getByText("Closed this alert").waitFor();
  assert.match(await page.locator(".lead").textContent(), /Closed.*True positive/s);
  assert.match(await page.locator(".timeline").textContent(), /The account was taken over/);
  await close(page);
});

test("selected alerts are taken, and the queue stands as it stood", async () => {
  const page = await open("/alerts?q=status%3Anew&sort=created");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  assert.equal(await page.locator(".bulk [data-count]").textContent(), "2 selected");
  await page.keyboard.press("a");
  await page.locator(".toast").getByText("Took 2 alerts").waitFor();
  const here = new URL(page.url());
  assert.deepEqual([here.searchParams.get("q"), here.searchParams.get("sort"), here.searchParams.get("said")], ["status:new", "created", null]);
  await close(page);
});

test("a count narrows the list and the same count widens it again", async () => {
  const page = await open("/alerts");
  await page.locator(".facet").first().getByRole("link", { name: /Critical/ }).click();
  assert.equal(await page.locator("#q").inputValue(), "not status:closed and severity:critical");
  const severities = await page.locator("#alerts td[data-column=severity]").allTextContents();
  assert.ok(severities.length > 0 && severities.every((words) => words.trim() === "Critical"));
  await page.locator(".facet [aria-current]").first().click();
  assert.equal(await page.locator("#q").inputValue(), "");
  await close(page);
});

test("a filter that cannot be read says what is wrong and keeps what was written", async () => {
  const page = await open("/alerts", { expected: [/^answer: 4/, /status of 4/] });
  await page.keyboard.press("/");
  await page.keyboard.type("sevrity:high");
  await page.keyboard.press("Enter");
  await page.locator(".field-error").waitFor();
  assert.equal(await page.locator("#q").inputValue(), "sevrity:high");
  assert.match(await page.locator(".field-error").textContent(), /sevrity/);
  await close(page);
});

test("a long cell opens whole, and what is hostile in it does nothing", async () => {
  const page = await open("/alerts/0002");
  const cell = page.locator("#evidence details.long").filter({ hasText: "0123456789" }).first();
  await cell.locator("summary").click();
  assert.ok((await cell.locator("pre.whole").textContent()).length > 50_000);
  assert.ok((await page.locator("#evidence").textContent()).includes("<script>alert"));
  await close(page);
});

test("without scripts an alert is read and closed, and a query of its guide is a link", async () => {
  const page = await open("/alerts/0008", { script: false });
  await page.locator("summary").getByText("Close", { exact: true }).click();
  await page.locator("#close-verdict").selectOption("false_positive");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  assert.match(await page.locator(".lead").textContent(), /Closed/);
  assert.match(await page.locator("[data-run]").first().getAttribute("href"), /^\/hunt\?q=EmailEvents/);
  await close(page);
});
