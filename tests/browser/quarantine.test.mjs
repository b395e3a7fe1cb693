// The quarantine: thousands are paged, some are reported and deleted at once, one is read safely.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("pages follow one another by key", async () => {
  const page = await open("/quarantine");
  await page.keyboard.press("]");
  await page.waitForURL("**/quarantine?page=2");
  assert.match(await page.locator(".pager").innerText(), /51–100 of/);
  await close(page);
});

test("several are reported at once, and the dialog names them", async () => {
  const page = await open("/quarantine?q=bounce-10");
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await page.keyboard.press("p");
  const dialog = page.getByRole("dialog", { name: "Report as phishing?" });
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /2 selected:/);
  assert.equal(await dialog.locator("[data-chosen] li").count(), 2);
  await dialog.getByRole("button", { name: "Report as phishing" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Reported as phishing 2 messages").first().waitFor();
  assert.equal(await page.getByText("reported: phish").count(), 2);
  await close(page);
});

test("a message is read as text and deleted; what is gone is gone", async () => {
  const page = await open("/quarantine/20261120T000002-3c6ef362", { expected: [/^answer: 404/, /status of 404/] });
  assert.equal(await page.locator("main script, main img, main iframe").count(), 0);
  assert.match(await page.locator("main").innerText(), /hxxps:\/\/login\[\.\]example\[\.\]org/);
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "Delete for good?" });
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /Nobody can release it any more/);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("**/quarantine");
  await page.goto("/quarantine/20261120T000002-3c6ef362");
  assert.match(await page.locator("main").innerText(), /Not found/);
  await close(page);
});

test("what did not work is told for each", async () => {
  const page = await open("/quarantine?q=bounce-13%40");
  for (const key of ["j", "x", "r"]) await page.keyboard.press(key);
  await page.getByRole("dialog", { name: "Release to the recipients?" }).getByRole("button", { name: "Release" }).click();
  await page.getByText("does not answer").waitFor();
  await close(page);
});
