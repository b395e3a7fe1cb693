// An exclusion from the alert to the approval.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("an exclusion is drafted from an alert, tried, narrowed, proposed and approved by keyboard", async () => {
  const page = await open("/alerts/0001");
  await page.keyboard.press("e");
  await page.waitForURL("**/exclusions/new?alert=*");
  assert.equal(await page.locator("#field-0").inputValue(), "user.id");

  await page.locator("#reason").fill("agreed change 4711");
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await page.locator("#preview .why").waitFor();
  assert.match(await page.locator("#preview").textContent(), /It would have hidden \d+ true positives?\./);
  assert.ok((await page.locator("#preview figure svg").count()) > 0);
  assert.match(new URL(page.url()).search, /reason=agreed/);

  // The link gives the same view to whoever made it, and the draft to everybody.
  await page.locator("#value-0").fill("svc-mail@contoso.com");
  await page.locator("#field-1").fill("");
  await page.locator("#field-1").press("Escape");
  await page.keyboard.press("p");
  await page.locator("#preview .why").waitFor();
  assert.doesNotMatch(await page.locator("#preview").textContent(), /true positive/);

  await page.keyboard.press("s");
  await page.waitForURL("**/exclusions/ex-*");
  assert.match(await page.locator(".lead").textContent(), /Proposed/);
  await page.keyboard.press("a");
  await page.locator(".toast").getByText(/^Approved/).waitFor();
  assert.match(await page.locator(".lead").textContent(), /Approved/);
  await close(page);
});

test("what was written is there again when it cannot be used", async () => {
  const page = await open("/exclusions/new", { expected: [/^answer: 4/, /status of 4/] });
  await page.locator("#name").fill("Nothing </textarea><script>alert(1)</script>");
  await page.locator("#reason").fill("x");
  await page.locator("#rule").fill("dkim-failure-trend");
  await page.locator("#rule").press("Escape");
  await page.keyboard.press("s");
  await page.getByText(/without a condition/).waitFor();
  assert.match(await page.locator("#name").inputValue(), /^Nothing <\/textarea>/);
  await close(page);
});
