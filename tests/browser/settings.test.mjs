// Settings: lists are checked and kept, a notification is tried, a table is kept so long.
import assert from "node:assert/strict";
import { test } from "node:test";
import { close, open } from "./lib/console.mjs";

test("a watchlist is checked, put right and saved", async () => {
  const page = await open("/settings/watchlists/VIPUsers", { expected: [/^answer: 400/, /status of 400/] });
  await page.getByLabel("Text").fill("UserPrincipalName,Name\nceo@contoso.com\n");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("line 2: 1 fields, and the first line names 2").first().waitFor();
  await page.getByLabel("Text").fill("UserPrincipalName,Name\nceo@contoso.com,Pat\n");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("This can be saved").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").first().waitFor();
  assert.equal(await page.locator("#watchlist tbody tr").count(), 1);
  await close(page);
});

test("a test of a notification says what the other side said", async () => {
  const page = await open("/settings/notifications");
  await page.getByRole("button", { name: "Send a test to soc" }).click();
  await page.getByText("250 2.0.0 accepted").waitFor();
  await page.getByRole("button", { name: "Send a test to pager" }).click();
  await page.getByText("did not arrive").waitFor();
  assert.equal(await page.locator("main script, main img").count(), 0);
  await close(page);
});

test("how long a table is kept is asked with what it deletes", async () => {
  const page = await open("/settings/storage");
  await page.getByRole("button", { name: "Change how long EmailEvents is kept" }).click();
  const dialog = page.getByRole("dialog", { name: "How long EmailEvents is kept" });
  assert.match(await dialog.innerText(), /are deleted for good/);
  await dialog.getByLabel("Days").fill("30");
  await dialog.getByRole("button", { name: "Keep it so long" }).click();
  await page.getByText("EmailEvents is kept 30 days").first().waitFor();
  await close(page);
});

test("accepted domains that are none are told, and the text stays", async () => {
  const page = await open("/settings/accepted-domains", { expected: [/^answer: 400/, /status of 400/] });
  await page.getByLabel("Domains, one a line").fill("new.example\nno domain at all");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("is no name of a domain").first().waitFor();
  assert.match(await page.getByLabel("Domains, one a line").inputValue(), /new\.example/);
  await close(page);
});
