// Every page over the sample desk, at three widths in both themes: nothing scrolls sideways, axe finds nothing, the browser complains of
// nothing. A line a page: name of its pictures, address. SPOOFWATCH_ONLY names those to look at, with commas between.
import { test } from "node:test";
import { lookAt } from "./lib/console.mjs";

const PAGES = {
  gallery: "/gallery",
  keys: "/help/keys",
};

/** Pages that say what is wrong: the browser notes their status. */
const FAULTS = {
  "not-found": "/nowhere",
};

const only = process.env.SPOOFWATCH_ONLY?.split(",");

for (const [name, address] of Object.entries(PAGES)) {
  test(name, { skip: only && !only.includes(name) }, () => lookAt(address, name));
}
for (const [name, address] of Object.entries(FAULTS)) {
  test(name, { skip: only && !only.includes(name) }, () => lookAt(address, name, { expected: [/^answer: 4/, /status of 4/] }));
}
