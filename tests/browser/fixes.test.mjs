// Fixes: from a hole to a fix that is approved, made and seen from outside, by keyboard alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

/** Moves with Tab until what has the focus has this name. */
async function tabTo(page, name) {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
    if (name.test(at)) return;
  }
  assert.fail(`Tab never reaches ${name}`);
}

/** Presses a key of the page, and the button of the dialog that asks. */
async function ask(page, key, title, button) {
  await page.keyboard.press(key);
  await page.getByRole("dialog", { name: title }).waitFor();
  await tabTo(page, button);
  await page.keyboard.press("Enter");
}

test("DKIM signing that is switched off is fixed: proposed, approved, applied, verified", async () => {
  const page = await open("/domains/example.com");
  await page.getByText("DKIM signing is switched off").first().waitFor();
  await tabTo(page, /^(Open the fix|Propose a fix)/);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/fixes/*");
  assert.match(await page.locator("main").innerText(), /Set-DkimSigningConfig -Identity 'example\.com' -Enabled \$true/);

  await ask(page, "a", "Approve this fix?", /^Approve$/);
  await page.locator("[aria-current=step]", { hasText: "Approved" }).waitFor();
  await ask(page, "p", "Make this change now?", /^Apply now$/);
  await page.locator("[aria-current=step]", { hasText: "Applied" }).waitFor();
  assert.match(await page.locator("#progress").innerText(), /1 of 2 seen/);
  await page.keyboard.press("v");
  await page.locator("[aria-current=step]", { hasText: "Verified" }).waitFor();
  assert.match(await page.locator("#progress").innerText(), /2 of 2 seen/);
  await close(page);
});

test("the dialog says exactly what happens, and Esc changes nothing", async () => {
  const page = await open("/fixes/f38b0c9d12ae4f60");
  await page.keyboard.press("p");
  const dialog = page.getByRole("dialog", { name: "Make this change now?" });
  assert.match(await dialog.innerText(), /\+ shop\.example 300 TXT "v=spf1 include:_spf\.example\.org ~all"/);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.reload();
  await page.locator("[aria-current=step]", { hasText: "Approved" }).waitFor();
  await close(page);
});

test("who may not approve is told who may", async () => {
  const page = await open("/fixes/f2d01a5b77c04e18");
  assert.match(await page.locator("main").innerText(), /Only kim, lee approve this/);
  assert.equal(await page.getByRole("button", { name: "Approve", exact: true }).count(), 0);
  await close(page);
});

test("what is made is taken back", async () => {
  const page = await open("/fixes/f7b2c3d4e5f60718");
  await ask(page, "u", "Take this change back?", /^Take it back$/);
  await page.locator("[aria-current=step]", { hasText: "Undone" }).waitFor();
  await close(page);
});
