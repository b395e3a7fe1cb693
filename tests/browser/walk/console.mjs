// The whole program in a browser, by keyboard alone: from the link that `serve` prints to a hole that is closed. Run by
// `cargo test -p spoofwatch --test cli` (serve::console) against the demonstration with a tenant beside it; by hand with
// SPOOFWATCH_URL and SPOOFWATCH_WELCOME, the printed link, and `node --test walk/console.mjs`.
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { close, open } from "../lib/console.mjs";

const welcome = process.env.SPOOFWATCH_WELCOME;
assert.ok(welcome, "SPOOFWATCH_WELCOME is the link that serve prints");

/** Replays run every query of a month: they may take their time on a busy machine. */
const LONG = { timeout: 300_000 };
const PASSWORD = "green kettle on a hill";

/** Moves with Tab until this has the focus. */
async function reach(page, locator) {
  await locator.waitFor({ state: "attached" });
  for (let step = 0; step < 250; step += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never reaches ${locator}`);
}

/** Writes into what Tab reaches. */
async function write(page, locator, words) {
  await reach(page, locator);
  await page.keyboard.press("Control+a");
  await page.keyboard.type(words);
}

/** Presses what Tab reaches. */
async function press(page, locator) {
  await reach(page, locator);
  await page.keyboard.press("Enter");
}

/** A key of the page, and the button of the dialog that asks. */
async function ask(page, key, button) {
  await page.keyboard.press(key);
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await press(page, dialog.getByRole("button", { name: button }));
}

const step = (page, number, name) => {
  const folder = process.env.SPOOFWATCH_SCREENS;
  return folder && page.screenshot({ path: path.join(folder, `walk-${number}-${name}.png`) });
};

test("from the printed link to a hole that is closed", async (context) => {
  const page = await open(welcome);

  await context.test("the first administrator is made and is signed in", async () => {
    await write(page, page.locator("input[name=name]"), "ana");
    for (const name of ["password", "again"]) await write(page, page.locator(`input[name=${name}]`), PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/");
    assert.equal(new URL(page.url()).pathname, "/");
    await step(page, 1, "overview");
  });

  let alert;
  await context.test("the most severe alert is opened, and its guide's query run in place", async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.waitForURL("**/alerts*");
    // What was found out about the domains just now has no month behind it: of the others the most severe.
    await page.keyboard.press("/");
    await page.keyboard.press("Control+a");
    await page.keyboard.type('status:new and rule:"Transport rule takes mail past the filters"');
    await page.keyboard.press("Enter");
    await page.waitForURL("**/alerts?*Transport*");
    await press(page, page.locator("#alerts thead a", { hasText: "Severity" }));
    await page.waitForURL("**/alerts*sort=*");
    const severities = await page.locator("#alerts td[data-column=severity]").allTextContents();
    assert.match(severities[0], /High/, "the most severe come first");
    await step(page, 2, "queue");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/alerts/*");
    alert = new URL(page.url()).pathname;
    await page.locator(".why").waitFor();
    await page.keyboard.press("r");
    const rows = page.locator(".guide-query [data-rows]").first();
    await rows.locator(".answer, .field-error").first().waitFor(LONG);
    assert.equal(await rows.locator(".field-error").count(), 0, await rows.textContent());
    await step(page, 3, "alert");
  });

  await context.test("an exclusion is drafted from it, tried on a month and proposed", async () => {
    await page.keyboard.press("e");
    await page.waitForURL("**/exclusions/new?alert=*");
    await write(page, page.locator("#reason"), "agreed change 4711");
    await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    await page.locator("#preview .why").waitFor(LONG);
    assert.match(await page.locator("#preview .why").textContent(), /would have/);
    await step(page, 4, "preview");
    await page.keyboard.press("s");
    await page.waitForURL(/\/exclusions\/(?!new)/);
    await step(page, 5, "exclusion");
  });

  await context.test("the alert is closed with a verdict", async () => {
    await page.goto(alert);
    await page.keyboard.press("c");
    await reach(page, page.locator("#close-verdict"));
    await page.keyboard.press("b");
    await write(page, page.locator("#close-comment"), "Agreed change 4711.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".toast").getByText("Closed this alert").waitFor();
    assert.match(await page.locator(".lead").textContent(), /Closed.*Benign/s);
  });

  await context.test("a rule is edited, replayed over history and saved", async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await page.waitForURL("**/rules");
    await page.keyboard.press("/");
    await page.keyboard.type("transport");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/rules?*transport*");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/rules\/[^/?]+/);
    await page.keyboard.press("e");
    await page.waitForURL("**/edit");
    const text = page.getByRole("textbox", { name: "Text of the rule" });
    await reach(page, text);
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("# Looked through in November.\n");
    await page.locator("#trial").getByText("Can be saved").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.locator("#outcome").getByText("Alerts a day").first().waitFor(LONG);
    await step(page, 6, "backtest");
    await write(page, page.getByRole("textbox", { name: /What was changed/ }), "Looked through");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Saved. The rule is watched from now on.").first().waitFor();
    await step(page, 7, "rule");
  });

  await context.test("the trend of DKIM is drawn", async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.waitForURL("**/hunt");
    const editor = page.getByRole("textbox", { name: /query/i }).first();
    await reach(page, editor);
    await page.keyboard.insertText(
      [
        "EmailEvents",
        "| extend DKIM = tostring(parse_json(AuthenticationDetails).DKIM)",
        "| summarize Messages = count() by bin(Timestamp, 1d), DKIM",
        "| render timechart",
      ].join("\n"),
    );
    await page.keyboard.press("Control+Enter");
    await page.locator("figure svg:visible").first().waitFor(LONG);
    await step(page, 8, "trend");
  });

  await context.test("from the alert that signing was switched off to a fix that is made and seen", async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.waitForURL("**/alerts*");
    await page.keyboard.press("/");
    await page.keyboard.press("Control+a");
    await page.keyboard.type('rule:"DKIM signing of a domain was switched off" and entity:fabrikam.fr');
    await page.keyboard.press("Enter");
    await page.waitForURL("**/alerts?*fabrikam*");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/alerts/*");
    assert.match(await page.locator("h1").textContent(), /switched DKIM signing of fabrikam\.fr off/);
    await page.keyboard.press("f");
    await page.waitForURL("**/fixes/*");
    assert.match(await page.locator("main").innerText(), /Set-DkimSigningConfig -Identity 'fabrikam\.fr' -Enabled \$true/);
    await step(page, 9, "fix");
    await ask(page, "a", "Approve");
    await page.locator("[aria-current=step]", { hasText: "Approved" }).waitFor();
    // The watch makes it too, and may have been quicker.
    const made = page.locator("[aria-current=step]", { hasText: /Applied|Verified/ });
    await page.keyboard.press("p");
    await page.getByRole("dialog").or(made).first().waitFor();
    if (await page.getByRole("dialog").count()) await press(page, page.getByRole("dialog").getByRole("button", { name: "Apply now" }));
    await made.waitFor(LONG);
    if ((await page.locator("[aria-current=step]", { hasText: "Verified" }).count()) === 0) await page.keyboard.press("v");
    await page.locator("[aria-current=step]", { hasText: "Verified" }).waitFor(LONG);
    await step(page, 10, "verified");
  });

  await close(page);
});
