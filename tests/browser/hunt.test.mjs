// The hunt page: a query is written with help, run, read, filtered, cancelled; all of it by keyboard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

const QUERY = 'EmailEvents\n| where AuthenticationDetails has "fail"';
const hunt = (query) => `/hunt?q=${encodeURIComponent(query)}`;
const field = (page) => page.getByRole("textbox", { name: "Query" });
const rows = (page) => page.getByRole("grid", { name: "Rows" });
const offered = (page) => page.getByRole("listbox", { name: "Completions" });

test("the DKIM trend is drawn by keyboard alone, with a name that was completed", async () => {
  const page = await open("/help/keys");
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await page.waitForURL("**/hunt");
  await page.waitForFunction(() => document.activeElement?.id === "q");
  // The field has the focus before its script is there.
  await page.locator("[data-editor].live").waitFor();
  await page.keyboard.type("EmailE");
  await offered(page).getByRole("option", { name: /EmailEvents/ }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await field(page).inputValue(), "EmailEvents");
  // A space ends a word, and with it what completes it: Enter then ends the line.
  const steps = [
    '| where tostring(parse_json(AuthenticationDetails).DKIM) == "fail" ',
    "| make-series Failures = count() on Timestamp from ago(30d) to now() step 1d ",
    "| render timechart ",
  ];
  for (const step of steps) {
    await page.keyboard.press("Enter");
    await page.keyboard.type(step);
  }
  await page.keyboard.press("Control+Enter");
  await page.getByRole("figure").getByText("Messages with failed DKIM verification").first().waitFor();
  await rows(page).waitFor();
  assert.match(page.url(), /\/hunt\?q=EmailEvents/);
  await close(page);
});

test("a link runs the same query", async () => {
  const page = await open(hunt(QUERY));
  await rows(page).waitFor();
  assert.equal(await field(page).inputValue(), QUERY);
  assert.match(await page.locator(".answer-facts").textContent(), /120 rows/);
  await close(page);
});

test("words have colours that stand where the words stand", async () => {
  const page = await open(hunt("EmailEvents // é😀\n| where Subject has \"x\""));
  await page.locator(".editor-paper .c-operator").waitFor();
  const colours = await page.locator(".editor-paper span").evaluateAll((parts) => parts.map((part) => [part.className, part.textContent]));
  assert.deepEqual(colours.slice(0, 3), [["c-comment", "// é😀"], ["c-pipe", "|"], ["c-operator", "where"]]);
  const same = await page.evaluate(() => {
    const [one, other] = [document.querySelector(".editor-text"), document.querySelector(".editor-paper")].map((element) => getComputedStyle(element));
    return ["fontFamily", "fontSize", "lineHeight", "letterSpacing", "paddingTop", "paddingLeft", "tabSize"].every((name) => one[name] === other[name]);
  });
  assert.ok(same, "both layers have the same metrics");
  await close(page);
});

test("a fault is underlined where it is, and told", async () => {
  const page = await open("/hunt");
  await field(page).fill("EmailEvents // é😀\n| whre x");
  await page.locator(".editor-paper .p-error").waitFor();
  assert.equal(await page.locator(".editor-paper .p-error").textContent(), "whre");
  const place = page.getByRole("button", { name: "Line 2:3" });
  await place.click();
  const chosen = await field(page).evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd));
  assert.equal(chosen, "whre");
  assert.equal(await field(page).getAttribute("aria-invalid"), "true");
  await page.keyboard.press("Control+Enter");
  await page.locator("#result").getByText("is not an operator").waitFor();
  await close(page);
});

test("completion points into its list and Escape closes it alone", async () => {
  const page = await open("/hunt");
  await field(page).focus();
  await page.keyboard.type("EmailEvents | wh");
  await offered(page).waitFor();
  const active = await field(page).getAttribute("aria-activedescendant");
  assert.match(await page.locator(`#${active}`).textContent(), /where/);
  await page.keyboard.press("Escape");
  await offered(page).waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await page.keyboard.press("Control+Space");
  await offered(page).waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await field(page).inputValue(), "EmailEvents | where");
  await close(page);
});

test("Tab leaves the editor", async () => {
  const page = await open("/hunt");
  await field(page).focus();
  await page.keyboard.type("x ");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), "q");
  await close(page);
});

test("pairs, comments and completion are taken back by undo", async () => {
  const page = await open("/hunt");
  await field(page).focus();
  await page.keyboard.type("count(");
  await page.keyboard.press("Escape");
  assert.equal(await field(page).inputValue(), "count()");
  await field(page).focus();
  await page.keyboard.press("Control+/");
  assert.equal(await field(page).inputValue(), "// count()");
  await page.keyboard.press("Control+z");
  assert.equal(await field(page).inputValue(), "count()");
  await close(page);
});

test("rows are walked through, filtered, sorted, opened", async () => {
  const page = await open(hunt(QUERY));
  await rows(page).waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("temperror");
  await page.getByText(/^30 of 120 rows$/).waitFor();
  await page.getByRole("searchbox", { name: "Filter these rows" }).fill("");
  await rows(page).getByRole("button", { name: "Score" }).click();
  await rows(page).getByRole("columnheader", { name: "Score" }).and(page.locator("[aria-sort=ascending]")).waitFor();
  await rows(page).locator("tbody td").first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".grid-detail").getByText("AuthenticationDetails").waitFor();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.column), "0");
  await close(page);
});

test("a cell becomes a filter of the query", async () => {
  const page = await open(hunt(QUERY));
  await rows(page).waitFor();
  await rows(page).locator("tbody tr").first().locator("td[data-column='1']").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Only rows with this SenderFromAddress" }).click();
  await page.waitForFunction(() => document.querySelector("#q").value.endsWith('| where SenderFromAddress == "user0@contoso.com"'));
  await rows(page).waitFor();
  await close(page);
});

test("ten thousand rows and two hundred columns are no burden", async () => {
  const page = await open(hunt("Many"));
  await rows(page).waitFor();
  assert.ok((await rows(page).locator("tbody tr").count()) <= 400);
  await page.keyboard.press("f");
  await page.keyboard.type("Invoice 10999");
  await page.getByText(/^1 of 10,000 rows$/).waitFor();
  await page.goto(hunt("Wide"));
  await rows(page).waitFor();
  assert.equal(await rows(page).getByRole("columnheader").count(), 61);
  await close(page);
});

test("what means harm is shown and does nothing", async () => {
  const page = await open(hunt("Hostile"));
  await rows(page).waitFor();
  assert.equal(await page.locator("#result img, #result script").count(), 0);
  await rows(page).locator("tbody td[data-column='2']").first().click();
  await page.getByRole("dialog").getByText("<script>").first().waitFor();
  await page.keyboard.press("Escape");
  await close(page);
});

test("a query that does not end says how far it is, and is cancelled", async () => {
  const page = await open("/hunt");
  await field(page).fill("Forever");
  await field(page).focus();
  await page.keyboard.press("Control+Enter");
  await page.getByText("reading EmailEvents").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("#result").getByText(/cancelled/i).first().waitFor();
  await close(page);
});

test("a column of the schema is put where the caret stands", async () => {
  const page = await open("/hunt");
  await field(page).fill("EmailEvents | where ");
  await page.keyboard.press("End");
  await page.getByRole("searchbox", { name: "Search tables, columns, functions" }).fill("urldomain");
  await page.getByRole("button", { name: "UrlDomain" }).click();
  assert.equal(await field(page).inputValue(), "EmailEvents | where UrlDomain");
  await close(page);
});

test("back brings the query before", async () => {
  const page = await open(hunt("EmailEvents"));
  await rows(page).waitFor();
  await field(page).fill("Nothing");
  await page.keyboard.press("Control+Enter");
  await page.getByText("No rows.").waitFor();
  await page.goBack();
  await rows(page).waitFor();
  assert.equal(await field(page).inputValue(), "EmailEvents");
  await close(page);
});

test("without scripts a query is run and its rows are read", async () => {
  const page = await open("/hunt", { script: false });
  await field(page).fill("EmailEvents");
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByText("inbox0@contoso.com").first().waitFor();
  await close(page);
});

test("two thousand lines stay smooth", async () => {
  const page = await open("/hunt");
  // Put there at once: typing so much takes a browser longer than what is measured here.
  await field(page).evaluate((field) => {
    field.value = "| where Subject has \"x\" // a line\n".repeat(2000);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await page.locator(".editor-paper .c-operator").first().waitFor();
  const longest = await field(page).evaluate(async (field) => {
    field.focus();
    field.setSelectionRange(20, 20);
    let longest = 0;
    for (let at = 0; at < 20; at++) {
      const began = performance.now();
      document.execCommand("insertText", false, "a");
      longest = Math.max(longest, performance.now() - began);
      await new Promise(requestAnimationFrame);
    }
    return longest;
  });
  assert.ok(longest < 400, `a key took ${longest} ms`);
  await close(page);
});
