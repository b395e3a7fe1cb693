// What the editor does with a text, without a browser: `node --test tests/browser/unit`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { change, commented, indented, insertion, lines, paired, placed, shifted, toBytes, toUtf16, unpaired } from "../../../crates/pages/assets/js/text.js";

/** A text with `|` where the caret stands, or two around a selection. */
const at = (marked) => {
  const parts = marked.split("¦");
  const text = parts.join("");
  const start = parts[0].length;
  return [text, start, parts.length > 2 ? start + parts[1].length : start];
};
const applied = (text, { start, end, words, caret }) => {
  const now = text.slice(0, start) + words + text.slice(end);
  return `${now.slice(0, caret)}¦${now.slice(caret)}`;
};

test("offsets in UTF-8 become offsets in UTF-16", () => {
  const text = "aé€😀z";
  assert.deepEqual(toUtf16(text, [0, 1, 3, 6, 10, 11]), [0, 1, 2, 3, 5, 6]);
  assert.deepEqual(toUtf16(text, [11, 0]), [6, 0], "in any order");
  assert.deepEqual(toUtf16(text, [2, 4, 7, 99]), [1, 2, 3, 6], "within a character: its begin; beyond: the end");
  for (const place of [0, 1, 2, 3, 5, 6]) assert.deepEqual(toUtf16(text, [toBytes(text, place)]), [place]);
});

test("a lone half of a character counts as it is sent", () => {
  const text = "\ud800a";
  assert.equal(toBytes(text, 1), 3);
  assert.deepEqual(toUtf16(text, [3]), [1]);
});

test("an offset before a byte order mark and in combining marks stays right", () => {
  const text = "\ufeffe\u0301|";
  assert.deepEqual(placed(text, [{ start: 6, end: 7, class: "pipe" }]), [{ start: 3, end: 4, class: "pipe" }]);
});

test("colours move with their words", () => {
  const colours = [{ start: 0, end: 3, class: "a" }, { start: 4, end: 7, class: "b" }];
  assert.deepEqual(shifted(colours, "abc def", "abc  def"), [colours[0], { start: 5, end: 8, class: "b" }]);
  assert.deepEqual(shifted(colours, "abc def", "abc dxef")[1], { start: 4, end: 8, class: "b" }, "one that is written in grows");
  assert.deepEqual(change("abc", "abc"), { start: 3, before: 3, after: 3 });
  assert.deepEqual(change("aa", "aaa"), { start: 2, before: 2, after: 3 });
});

test("lines have their parts, and problems lie over colours", () => {
  const colours = [{ start: 0, end: 2, class: "pipe" }, { start: 3, end: 8, class: "text" }];
  const problems = [{ start: 4, end: 6, severity: "error" }];
  assert.deepEqual(lines("ab cdefg\n\nx", colours, problems), [
    [["c-pipe", "ab"], ["", " "], ["c-text", "c"], ["c-text p-error", "de"], ["c-text", "fg"]],
    [],
    [["", "x"]],
  ]);
  assert.deepEqual(lines("", [], []), [[]]);
});

test("a problem without a width, and one at the end, are seen", () => {
  assert.deepEqual(lines("ab", [], [{ start: 2, end: 2, severity: "error" }]), [[["", "a"], ["p-error", "b"]]]);
});

test("a text that spans lines is coloured in each", () => {
  assert.deepEqual(lines("a\nb", [{ start: 0, end: 3, class: "text" }], []), [[["c-text", "a"]], [["c-text", "b"]]]);
});

test("two thousand lines are drawn in no time", () => {
  const text = "EmailEvents | where Subject has \"x\"\n".repeat(2000);
  const colours = [...text.matchAll(/where|has|"x"/g)].map((found) => ({ start: found.index, end: found.index + found[0].length, class: "keyword" }));
  const began = performance.now();
  lines(text, colours, []);
  shifted(colours, text, `x${text}`);
  assert.ok(performance.now() - began < 250, `${performance.now() - began} ms`);
});

test("a candidate replaces the word, and the caret stands between its brackets", () => {
  const [text] = at("T | where toL¦");
  assert.equal(applied(text, insertion(text, { start: 10, end: 13 }, "tolower()")), "T | where tolower(¦)");
  assert.equal(applied("ab (x)", insertion("ab (x)", { start: 0, end: 2 }, "count")), "count¦ (x)");
  assert.equal(applied("co(x)", insertion("co(x)", { start: 0, end: 2 }, "count()")), "count¦(x)", "brackets that are there are not doubled");
});

const key = (marked, pressed) => {
  const [text, start, end] = at(marked);
  const edit = paired(text, start, end, pressed);
  if (!edit) return null;
  // A step over what is there writes nothing.
  return edit.words || edit.caret !== start + 1 ? applied(text, edit) : `${text.slice(0, edit.caret)}¦${text.slice(edit.caret)}`;
};

test("brackets and quotes come in pairs where nothing else follows", () => {
  assert.equal(key("a ¦", "("), "a (¦)");
  assert.equal(key("has ¦", '"'), 'has "¦"');
  assert.equal(key("has ¦x", '"'), null);
  assert.equal(key("don¦", "'"), null, "an apostrophe is no quote");
  assert.equal(key("f(¦)", ")"), "f()¦", "what is there is stepped over");
  assert.equal(key("¦ab¦ c", "("), "(ab¦) c", "a selection is wrapped");
  assert.equal(key("a ¦", "x"), null);
});

test("backspace between a pair takes both", () => {
  assert.equal(applied("f()", unpaired("f()", 2)), "f¦");
  assert.equal(unpaired("f(a)", 2), null);
  assert.equal(unpaired("", 0), null);
});

test("lines become comments and back", () => {
  const toggle = (marked) => {
    const [text, start, end] = at(marked);
    return applied(text, commented(text, start, end)).replace("¦", "");
  };
  assert.equal(toggle("T\n| wh¦ere x\n| take 1"), "T\n// | where x\n| take 1");
  assert.equal(toggle("T\n// | wh¦ere x"), "T\n| where x");
  assert.equal(toggle("¦  a\n    b\n\n¦c"), "  // a\n  //   b\n\nc", "in the column of the least indented");
  assert.equal(toggle("¦// a\nb¦"), "// // a\n// b", "where one is none, all become comments");
  assert.equal(toggle("¦"), "// ");
});

test("a new line begins where the last one did", () => {
  assert.equal(indented("T\n    | a", 9), "    ");
  assert.equal(indented("", 0), "");
});
