// What every page has in common: keys, themes, menus, lists.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open, tooWide } from "./lib/console.mjs";

test("the first key reaches the skip link, which leads to the content", async () => {
  const page = await open("/gallery");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await close(page);
});

test("g and a letter goes to an area", async () => {
  const page = await open("/help/keys", { expected: [/^answer: 404/, /status of 404/] });
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForURL("**/settings/**");
  await close(page);
});

test("? shows the keys of the page and Esc closes them", async () => {
  const page = await open("/gallery");
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys" });
  await help.waitFor();
  assert.match(await help.textContent(), /Open the dialog/);
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  await close(page);
});

test("j and k move in a list, x selects, Enter opens", async () => {
  const page = await open("/gallery");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  assert.deepEqual(await page.locator("#queue .pick input:checked").evaluateAll((boxes) => boxes.map((box) => box.value)), ["1"]);
  assert.equal(await page.locator("[data-bulk] [data-count]").textContent(), "1 selected");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/gallery?0");
  await close(page);
});

test("in a field keys write, / goes into it and Esc out of it", async () => {
  const page = await open("/gallery");
  await page.keyboard.press("/");
  await page.keyboard.type("gsj?");
  assert.equal(await page.locator("#filter-q").inputValue(), "gsj?");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "BODY");
  await close(page);
});

test("a key of the page opens its dialog, and focus comes back when it is closed", async () => {
  const page = await open("/gallery");
  await page.keyboard.press("n");
  await page.getByRole("dialog", { name: "Close the alert?" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Open dialog");
  await close(page);
});

test("the theme is kept and set before anything is painted", async () => {
  const page = await open("/help/keys", { theme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.locator("main").getByText("Dark", { exact: true }).click();
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  assert.equal(await ground(), dark);
  await page.locator("main").getByText("System", { exact: true }).click();
  assert.equal(await ground(), light);
  await close(page);
});

test("columns that are left out stay out", async () => {
  const page = await open("/gallery");
  const heads = () => page.locator("#queue th[data-column]:not(.out)").evaluateAll((cells) => cells.map((cell) => cell.dataset.column));
  assert.deepEqual(await heads(), ["severity", "title", "status", "who", "risk", "at"]);
  await page.locator("[data-columns=queue] summary").click();
  await page.locator("[data-columns=queue]").getByText("Risk").click();
  await page.reload();
  assert.deepEqual(await heads(), ["severity", "title", "status", "who", "at"]);
  await close(page);
});

test("a heading sorts what is on the page, and 200 columns scroll within their box", async () => {
  const page = await open("/gallery/wide", { width: 360 });
  assert.deepEqual(await tooWide(page), []);
  const head = page.locator("#results th").nth(2);
  await head.getByRole("button").click();
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  await close(page);
});

test("what a change has done is said once, and no markup in it is read", async () => {
  const page = await open("/help/keys?said=Closed%203%20alerts%20%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E");
  const toast = page.locator(".toast p");
  assert.equal(await toast.textContent(), "Closed 3 alerts <img src=x onerror=alert(1)>");
  assert.equal(new URL(page.url()).search, "");
  await close(page);
});

test("without scripts everything can be read and reached", async () => {
  const page = await open("/gallery", { width: 360, script: false });
  assert.ok(await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Alerts" }).isVisible());
  assert.equal(await page.locator(".js-only:visible").count(), 0);
  await close(page);
});

test("on a narrow screen the navigation is opened by its button", async () => {
  const page = await open("/gallery", { width: 360 });
  const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Domains" });
  assert.equal(await link.isVisible(), false);
  await page.getByRole("button", { name: "Navigation" }).click();
  assert.ok(await link.isVisible());
  await close(page);
});
