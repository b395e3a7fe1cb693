// A browser on the console: `open` gives a page that fails its test for whatever a person would call broken; `look` looks at it as people
// with other screens, themes and senses do.
//
// SPOOFWATCH_URL      where the console answers, such as http://127.0.0.1:8080
// SPOOFWATCH_SCREENS  where pictures go; none are taken without it
// SPOOFWATCH_CHROMIUM the browser; /usr/bin/chromium if nothing is said
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url)("axe-core").source;

/** Where the console answers. */
export const url = process.env.SPOOFWATCH_URL;
assert.ok(url, "SPOOFWATCH_URL says where the console answers");

const screens = process.env.SPOOFWATCH_SCREENS;
export const WIDTHS = [360, 1280, 2560];
export const THEMES = ["light", "dark"];
const HEIGHTS = { 360: 740, 1280: 900, 2560: 1300 };

/** WCAG 2.2 A and AA with what came before them, and what axe thinks is good practice. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let browser;

/** The browser, started once for each file of tests, however many of them ask at a time. */
function started() {
  browser ??= chromium.launch({
    executablePath: process.env.SPOOFWATCH_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  return browser;
}

/** What a browser is given to close something: one that is closed while it loads a page may never say that it is done. */
const CLOSING = 10_000;

const closed = (something) => {
  let timer;
  const late = new Promise((resume) => (timer = setTimeout(resume, CLOSING)));
  return Promise.race([something.close(), late]).finally(() => clearTimeout(timer));
};

after(async () => {
  if (browser) await closed(await browser);
});

/**
 * A page of its own, signed in if a session is given (`storage` of `signIn`). What goes wrong in it is gathered: `page.faults`, which
 * `page.sound()` asserts to be empty. `expected` are patterns of faults that belong to the test.
 */
export async function open(address = "/", { width = 1280, theme = "light", storage, script = true, expected = [] } = {}) {
  const context = await (await started()).newContext({
    baseURL: url,
    viewport: { width, height: HEIGHTS[width] ?? 900 },
    colorScheme: theme,
    storageState: storage,
    javaScriptEnabled: script,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.faults = [];
  const fault = (words) => {
    if (!expected.some((pattern) => pattern.test(words))) page.faults.push(words);
  };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") fault(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(`script: ${error}`));
  page.on("requestfailed", (request) => {
    // Leaving a page ends what it was waiting for.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") fault(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400) fault(`answer: ${answer.status()} ${new URL(answer.url()).pathname}`);
  });
  page.on("dialog", (dialog) => {
    fault(`a dialog of the browser, which only foreign script opens: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.sound = () => assert.deepEqual(page.faults, [], `${page.url()} is not sound`);
  await page.goto(address);
  return page;
}

/** Somebody who is not signed in, for `storage` of `open`. */
export const stranger = () => ({ cookies: [{ name: "somebody", value: "else", url }], origins: [] });

/** Ends a page and asserts that nothing went wrong in it. */
export async function close(page) {
  page.sound();
  await closed(page.context());
}

/** Signs in on the sign-in page; answers with what `open` takes as `storage`. */
export async function signIn(name, password) {
  const page = await open("/sign-in");
  await page.getByLabel(/name|mail/i).fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor({ state: "attached" });
  const storage = await page.context().storageState();
  await close(page);
  return storage;
}

/** Of long tables axe looks at the first rows: the others are made by the same code, and its rules compare everything with everything. */
const ROWS = 3;

/** What axe finds wrong, a line each. `only` are names of rules; without them it asks all. */
export async function inaccessible(page, only) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const found = await page.evaluate(
    ([runOnly, rows]) => {
      const cells = [`tbody tr:nth-child(n + ${rows + 1})`, "th:nth-child(n + 25)", "td:nth-child(n + 25)"];
      const exclude = cells.filter((selector) => document.querySelector(selector)).map((selector) => [selector]);
      return globalThis.axe.run({ exclude }, { runOnly, resultTypes: ["violations"] });
    },
    [only ? { type: "rule", values: only } : { type: "tag", values: RULES }, ROWS],
  );
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.target.join(" ")} ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ""}`),
  );
}

/** What sticks out of the page to the right. */
export const tooWide = (page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const inBox = (element) => {
      for (let box = element.parentElement; box; box = box.parentElement) {
        if (getComputedStyle(box).overflowX !== "visible") return true;
      }
      return false;
    };
    const out = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > width + 1 && !inBox(element),
    );
    return out.slice(0, 5).map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`);
  });

/**
 * What axe is asked, which is what a page takes longest with. A page is laid out in two ways, for narrow screens and for others: each is asked
 * everything once. The other theme has other colours and nothing else, the widest screen other places to press.
 */
function asked(theme, width) {
  if (theme === "dark") return width === 2560 ? [] : ["color-contrast"];
  return width === 2560 ? ["target-size"] : undefined;
}

/**
 * Looks at a page at every width in both themes: takes a picture of each, and answers with what is wrong: what axe finds, what makes the page
 * scroll sideways, what the browser complained of.
 */
export async function look(page, name) {
  const faults = [];
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHTS[width] });
      const where = `${name} at ${width} ${theme}`;
      if (screens) {
        await mkdir(screens, { recursive: true });
        await page.screenshot({ path: path.join(screens, `${name}-${width}-${theme}.png`), fullPage: true, animations: "disabled" });
      }
      const wide = theme === THEMES[0] ? await tooWide(page) : [];
      if (wide.length > 0) faults.push(`${where}: the page scrolls sideways because of ${wide.join(", ")}`);
      const rules = asked(theme, width);
      if (rules?.length !== 0) faults.push(...(await inaccessible(page, rules)).map((fault) => `${where}: ${fault}`));
    }
  }
  faults.push(...page.faults.splice(0).map((fault) => `${name}: ${fault}`));
  return [...new Set(faults)];
}

/** Looks at a page and asserts that nothing is wrong with it. */
export async function lookAt(address, name, options = {}) {
  const page = await open(address, options);
  const faults = await look(page, name);
  await closed(page.context());
  if (faults.length > 0) assert.fail(`${name} (${address}):\n${gathered(faults).join("\n")}`);
}

/** Faults that are the same at several widths and in both themes, told once. */
function gathered(faults) {
  const places = new Map();
  for (const fault of faults) {
    const [, where, what] = /^(?:\S+ at (\d+ \w+)|\S+): (.*)$/s.exec(fault) ?? [null, "", fault];
    places.set(what, [...(places.get(what) ?? []), where].filter(Boolean));
  }
  return [...places].map(([what, where]) => (where.length > 0 ? `${what} (${where.join(", ")})` : what));
}
