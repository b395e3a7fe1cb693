// Rules: found, read, edited, replayed against history and saved; by keyboard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

const text = (page) => page.getByRole("textbox", { name: "Text of the rule" });

test("a rule is edited, backtested and saved by keyboard alone", async () => {
  const page = await open("/rules?q=lookalike-sender");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/rules/lookalike-sender");
  await page.keyboard.press("e");
  await page.waitForURL("**/rules/lookalike-sender/edit");
  await text(page).focus();
  // The caret goes behind the threshold, which becomes thirty.
  const place = await text(page).evaluate((field) => field.value.indexOf("Threshold = 15") + "Threshold = 15".length);
  await text(page).evaluate((field, at) => field.setSelectionRange(at, at), place);
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("30");
  await page.locator("#trial").getByText("Can be saved").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.locator("#outcome").getByText("Alerts a day").first().waitFor();
  await page.locator("#outcome").getByText(/^Removed: \d+/).first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "outcome");
  const comment = page.getByRole("textbox", { name: /What was changed/ });
  await comment.focus();
  await page.keyboard.type("Fewer alerts of partners");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL((address) => address.pathname === "/rules/lookalike-sender");
  await page.getByText("Saved. The rule is watched from now on.").first().waitFor();
  await page.goto("/rules/lookalike-sender?part=versions");
  await page.getByText("Fewer alerts of partners").first().waitFor();
  await close(page);
});

test("a fault is underlined where it stands, and nothing can be saved", async () => {
  const page = await open("/rules/own-domain-dmarc-fail/edit");
  const query = await text(page).inputValue();
  await text(page).fill(query.replace("| where", "| whre"));
  await page.locator(".editor-paper .p-error").waitFor();
  assert.equal(await page.locator(".editor-paper .p-error").textContent(), "whre");
  await page.locator("#trial").getByText("Cannot be saved yet").waitFor();
  assert.equal(await page.getByRole("button", { name: "Save", exact: true }).isDisabled(), true);
  await text(page).fill(query);
  await page.locator("#trial").getByText("Can be saved").waitFor();
  await close(page);
});

test("a backtest that does not end is cancelled", async () => {
  const page = await open("/rules/forever/edit");
  await page.getByRole("button", { name: "Backtest" }).click();
  await page.getByText("replaying 14 November").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("#outcome").getByText(/cancelled/i).waitFor();
  await close(page);
});

test("a hunt is saved as a rule", async () => {
  const page = await open("/hunt?q=EmailEvents%0A%7C%20take%207");
  await page.getByRole("button", { name: "Save as rule" }).click();
  await page.waitForURL("**/rules/new?**");
  assert.match(await text(page).inputValue(), /EmailEvents\n {2}\| take 7/);
  await close(page);
});

test("files are taken in, and what was not says why", async () => {
  const page = await open("/rules/import");
  await page.getByLabel("Files").setInputFiles([
    { name: "good.yaml", mimeType: "text/yaml", buffer: Buffer.from("id: from-file\nname: From a file\nquery: T\n") },
    { name: "bad.yaml", mimeType: "text/yaml", buffer: Buffer.from([0xff, 0xfe, 0x00]) },
  ]);
  await page.locator("#files").getByRole("button", { name: "Import" }).click();
  await page.getByRole("link", { name: "From a file" }).waitFor();
  await page.locator("#imported").getByText("it is not text in UTF-8").waitFor();
  await close(page);
});

test("the matrix shows gaps and gives a layer", async () => {
  const page = await open("/rules/coverage");
  await page.getByText("Email Spoofing").first().click();
  await page.getByRole("link", { name: "Delivered although the sender's domain asks for rejection" }).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Navigator layer" }).click()]);
  assert.equal(file.suggestedFilename(), "spoofwatch-layer.json");
  await close(page);
});

test("the query of a rule is completed as one of the hunt page is, and nothing else of it", async () => {
  const page = await open("/rules/own-domain-dmarc-fail/edit");
  await text(page).focus();
  const offered = page.getByRole("listbox", { name: "Completions" });
  const put = (words, behind) => text(page).evaluate((field, [words, behind]) => {
    const at = field.value.indexOf(words) + (behind ? words.length : 0);
    field.setSelectionRange(at, at);
  }, [words, behind]);
  await put("| where EmailDirection", false);
  await page.keyboard.type("| wh");
  await offered.getByRole("option", { name: /where/ }).waitFor();
  await page.keyboard.press("Tab");
  assert.match(await text(page).inputValue(), /\n {2}\| where\| where EmailDirection/);
  await put("severity: high", true);
  const asked = page.waitForResponse((answer) => answer.url().endsWith("/rules/complete"));
  await page.keyboard.press("Control+Space");
  assert.deepEqual((await (await asked).json()).candidates, []);
  assert.equal(await offered.isVisible(), false);
  // What was written is not saved.
  await text(page).evaluate((field) => (field.value = field.defaultValue));
  await close(page);
});
