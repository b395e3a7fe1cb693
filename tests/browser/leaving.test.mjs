// Work that a page waits for ends with the page: a query, a backtest; not with a page that is only hidden, or loaded anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

// Asked of the interface of programs: the pages take a look for somebody who waits.
const state = async (context, id) => (await (await context.request.get(`/api/v1/jobs/${id}`)).json()).state;

/** Waits until a job is so. */
async function until(context, id, wanted) {
  const end = Date.now() + 15_000;
  while ((await state(context, id)) !== wanted) assert.ok(Date.now() < end, `the job is ${await state(context, id)}, not ${wanted}`);
}

/** Runs a query without an end; its job. */
async function begun(page) {
  await page.getByRole("textbox", { name: "Query" }).fill("Forever");
  const answer = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/hunt/run");
  await page.getByRole("button", { name: "Run" }).click();
  const { id } = await (await answer).json();
  await page.getByText("reading EmailEvents").waitFor();
  return id;
}

test("a query ends with the page that asked it", async () => {
  const page = await open("/hunt");
  const id = await begun(page);
  assert.equal(await state(page.context(), id), "running");
  await page.goto("/help/keys");
  await until(page.context(), id, "cancelled");
  await close(page);
});

test("a query ends with the window that is closed", async () => {
  const page = await open("/hunt");
  const context = page.context();
  const id = await begun(page);
  await page.close();
  await until(context, id, "cancelled");
  await context.close();
});

test("a page that is hidden still waits", async () => {
  const page = await open("/hunt");
  const id = await begun(page);
  const asked = page.waitForResponse((answer) => new URL(answer.url()).pathname === `/jobs/${id}`);
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    dispatchEvent(new Event("blur"));
  });
  await asked;
  assert.equal(await state(page.context(), id), "running");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("#result").getByText(/cancelled/i).first().waitFor();
  await close(page);
});

test("a backtest is waited for by the page that is loaded anew, and ends when it is left", async () => {
  const page = await open("/rules/forever?part=backtest");
  await page.getByRole("button", { name: "Backtest", exact: true }).click();
  await page.locator("[data-job]").waitFor();
  const id = await page.locator("[data-job]").getAttribute("data-id");
  await page.reload();
  await page.locator("[data-job]").waitFor();
  assert.equal(await state(page.context(), id), "running");
  await page.getByRole("link", { name: "Look again" }).click();
  await page.locator("[data-job]").waitFor();
  assert.equal(await state(page.context(), id), "running");
  await page.goto("/help/keys");
  await until(page.context(), id, "cancelled");
  await close(page);
});

test("what changes something goes on without its page", async () => {
  const page = await open("/domains/news.example");
  await page.keyboard.press("l");
  await page.locator("[data-job]").waitFor();
  const id = await page.locator("[data-job]").getAttribute("data-id");
  await page.goto("/help/keys");
  assert.equal(await state(page.context(), id), "running");
  await page.goto(`/domains/news.example?job=${id}`);
  await page.keyboard.press("c");
  await page.locator("main").getByText("The look was cancelled").waitFor();
  await close(page);
});
