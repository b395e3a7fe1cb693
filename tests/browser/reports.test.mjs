// Reports: a view is narrowed, and leads to the query behind it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("a view is narrowed to a domain, and its address gives it again", async () => {
  const page = await open("/reports/senders");
  await page.getByRole("combobox", { name: "Domain" }).selectOption("example.com");
  await page.getByRole("combobox", { name: "Over" }).selectOption("90");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL("**/reports/senders?domain=example.com&days=90");
  const text = await page.locator("main").innerText();
  assert.match(text, /newsletter\.example/);
  assert.doesNotMatch(text, /mail\.contoso\.com/);
  await page.getByRole("link", { name: "Policy effect" }).click();
  await page.waitForURL("**/reports/policy?domain=example.com&days=90");
  await close(page);
});

test("every view has its query, ready to be changed", async () => {
  const page = await open("/reports/policy");
  const link = page.getByRole("link", { name: "Open in Hunt" });
  assert.equal(new URL(await link.getAttribute("href"), page.url()).searchParams.get("q"), "DmarcPolicyEffect(since=ago(30d))");
  await close(page);
});

test("names that senders chose stay text", async () => {
  for (const view of ["senders", "policy", "reporters", "failures"]) {
    const page = await open(`/reports/${view}`);
    assert.equal(await page.locator("main script, main img").count(), 0, view);
    await close(page);
  }
});
