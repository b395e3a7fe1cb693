// Passwords: what is typed can be shown, and how long a chosen one is stands beside it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open, stranger } from "./lib/console.mjs";

test("a password is shown and hidden again by keyboard, and sent as one", async () => {
  const page = await open("/sign-in", { storage: stranger() });
  const field = page.getByLabel("Password");
  await field.fill("green kettle");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await field.getAttribute("type"), "text");
  assert.equal(await page.evaluate(() => document.activeElement.id), "password");
  const button = page.locator("[data-reveal]");
  assert.deepEqual([await button.getAttribute("aria-pressed"), (await button.innerText()).split(/\s/)[0]], ["true", "Hide"]);
  await button.click();
  assert.equal(await field.getAttribute("type"), "password");
  await button.click();
  await page.getByLabel("Name").fill("ana");
  const sent = await page.evaluate(() => {
    const { form } = document.getElementById("password");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.requestSubmit();
    return document.getElementById("password").type;
  });
  assert.equal(sent, "password");
  await close(page);
});

test("a password that is chosen says how long it is, in words and in the meter", async () => {
  const page = await open("/settings/account");
  const field = page.getByLabel("New password", { exact: true });
  const place = page.locator("[data-strength]");
  assert.equal(await place.isVisible(), false);
  for (const [password, words, value] of [
    ["short", "7 more characters", 1],
    ["elevenchars", "1 more character", 1],
    ["twelve chars", "Long enough: 12 characters", 2],
    ["\u{1f511}".repeat(16), "Good: 16 characters", 3],
    ["green kettle on a hill", "Strong: 22 characters", 4],
  ]) {
    await field.fill(password);
    assert.deepEqual([await place.locator("span").textContent(), await place.locator("meter").evaluate((meter) => meter.value)], [words, value]);
  }
  await page.locator("#announce").getByText("Strong: 22 characters").waitFor({ state: "attached" });
  await field.fill("");
  assert.equal(await place.isVisible(), false);
  await close(page);
});

test("without scripts a password is a plain field", async () => {
  const page = await open("/sign-in", { storage: stranger(), script: false });
  assert.equal(await page.getByLabel("Password").getAttribute("type"), "password");
  assert.equal(await page.locator("[data-reveal]").isVisible(), false);
  await close(page);
});
