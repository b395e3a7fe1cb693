// What the grid does with values, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compared, copied, filterLine, withFilter } from "../../../crates/pages/assets/js/cells.js";

const COLUMNS = [{ name: "At", type: "datetime" }, { name: "a b", type: "string" }, { name: "D", type: "dynamic" }, { name: "N", type: "long" }];
const ROWS = [["2026-11-20T12:00:00.0000000Z", 'x "y"\n|z', { k: [1] }, 3], [null, "=1+1", null, null]];

test("a cell becomes a filter that keeps or leaves out its value", () => {
  assert.equal(filterLine("Subject", "string", 'a "b"\\', false), '| where Subject == "a \\"b\\"\\\\"');
  assert.equal(filterLine("Subject", "string", "a\nb", true), '| where Subject != "a\\nb"');
  assert.equal(filterLine("At", "datetime", "2026-11-20T12:00:00Z", false), "| where At == datetime(2026-11-20T12:00:00Z)");
  assert.equal(filterLine("N", "long", 3, true), "| where N != 3");
  assert.equal(filterLine("N", "long", null, false), "| where isnull(N)");
  assert.equal(filterLine("D", "dynamic", { k: 1 }, false), '| where tostring(D) == "{\\"k\\":1}"');
  assert.equal(filterLine("user.id", "string", "x", false), "| where ['user.id'] == \"x\"");
  assert.equal(filterLine("it's", "bool", true, false), "| where ['it\\'s'] == true");
});

test("a filter stands before what draws the result", () => {
  assert.equal(withFilter("T\n| take 1", "| where a"), "T\n| take 1\n| where a");
  assert.equal(withFilter("T\n| render timechart", "| where a"), "T\n| where a\n| render timechart");
  assert.equal(withFilter("T | render timechart with (title=\"x\")", "| where a"), "T\n| where a\n| render timechart with (title=\"x\")");
  assert.equal(withFilter("T;\n", "| where a"), "T\n| where a");
});

test("rows are copied in the form of other programs", () => {
  assert.equal(copied("csv", COLUMNS, ROWS), 'At,a b,D,N\r\n2026-11-20T12:00:00.0000000Z,"x ""y""\n|z","{""k"":[1]}",3\r\n,\'=1+1,,');
  assert.deepEqual(JSON.parse(copied("json", COLUMNS, ROWS))[0].D, { k: [1] });
  assert.equal(copied("markdown", COLUMNS, ROWS).split("\n")[2], '| 2026-11-20T12:00:00.0000000Z | x "y" \\|z | {"k":[1]} | 3 |');
  assert.equal(
    copied("datatable", COLUMNS, ROWS),
    "datatable(At: datetime, ['a b']: string, D: dynamic, N: long) [\n" +
      '  datetime(2026-11-20T12:00:00.0000000Z), "x \\"y\\"\\n|z", dynamic({"k":[1]}), 3,\n' +
      '  datetime(null), "=1+1", dynamic(null), long(null)\n]',
  );
});

test("values stand in order: numbers by size, nothing last", () => {
  assert.deepEqual([10, null, 9].sort(compared), [9, 10, null]);
  assert.deepEqual(["b10", "b9", "a"].sort(compared), ["a", "b9", "b10"]);
});
