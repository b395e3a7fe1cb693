// Messages: one is found, and what everybody found about it is read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("a message is found by its sender and opened, by keyboard", async () => {
  const page = await open("/messages");
  await page.keyboard.press("/");
  await page.keyboard.type("ceo@example.com");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/messages?q=ceo%40example.com*");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/messages/5f0c1f64-*");
  const text = await page.locator("main").innerText();
  assert.match(text, /disagree about 2 of 5 methods/);
  assert.match(text, /body hash did not verify/);
  await close(page);
});

test("nothing of a message runs, loads or leads anywhere", async () => {
  const page = await open("/messages/5f0c1f64-8d2e-4c1b-b0a3-08dc4a5b6c7d");
  assert.equal(await page.locator("main script, main img, main iframe").count(), 0);
  const links = await page.locator("main a[href]").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  assert.ok(links.every((href) => href.startsWith("/")), links.join(" "));
  await close(page);
});
