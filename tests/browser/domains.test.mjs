// Domains: what is wrong is found, read, copied, looked at again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("from the list to the record that closes the hole, by keyboard", async () => {
  const page = await open("/domains");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/domains/shop.example");
  assert.match(await page.locator("main").innerText(), /What an attacker could do/);
  const value = page.locator(".record-part.grow").first();
  await value.getByRole("button", { name: "Copy" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("#announce", { hasText: "Copied" }).waitFor({ state: "attached" });
  await close(page);
});

test("f narrows the list to what can be forged, and the address says so", async () => {
  const page = await open("/domains");
  const all = await page.locator("#domains tbody tr").count();
  await page.keyboard.press("f");
  await page.waitForURL("**/domains?forgeable=yes");
  const forgeable = await page.locator("#domains tbody tr").count();
  assert.ok(forgeable > 0 && forgeable < all);
  await close(page);
});

test("a look that nobody answers shows how far it is, and can be cancelled", async () => {
  const page = await open("/domains/news.example");
  await page.keyboard.press("l");
  await page.locator("main").getByText("asking the name servers of news.example").waitFor();
  await page.keyboard.press("c");
  await page.locator("main").getByText("The look was cancelled").waitFor();
  await close(page);
});

test("what others publish stays text", async () => {
  for (const address of ["/domains/shop.example", "/domains/keys", "/domains/tenant"]) {
    const page = await open(address);
    assert.equal(await page.locator("main script, main img").count(), 0, address);
    await close(page);
  }
});

test("without scripts the page says the same", async () => {
  const page = await open("/domains/shop.example", { script: false });
  assert.match(await page.locator("main").innerText(), /v=spf1 include:_spf\.example\.org ~all/);
  assert.equal(await page.getByRole("button", { name: "Copy" }).count(), 0);
  await close(page);
});
