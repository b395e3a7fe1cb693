// What an editor does with a text, without a page: offsets, colours, completion, pairs, comments. Tested by tests/browser/text.unit.mjs.

/** Offsets in UTF-8 as offsets in UTF-16, which scripts count in. One within a character becomes its begin. */
export function toUtf16(text, offsets) {
  const order = offsets.map((_, at) => at).sort((one, other) => offsets[one] - offsets[other]);
  const found = new Array(offsets.length).fill(text.length);
  let bytes = 0;
  let next = 0;
  for (let at = 0; at < text.length && next < order.length; ) {
    const point = text.codePointAt(at);
    const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4; // A lone half is sent as U+FFFD, three bytes too.
    while (next < order.length && offsets[order[next]] < bytes + size) found[order[next++]] = at;
    bytes += size;
    at += point > 0xffff ? 2 : 1;
  }
  return found;
}

/** An offset in UTF-16 as one in UTF-8. */
export const toBytes = (text, at) => new TextEncoder().encode(text.slice(0, at)).length;

/** Stretches with offsets in UTF-8 as stretches with offsets in UTF-16. */
export function placed(text, stretches) {
  const offsets = toUtf16(text, stretches.flatMap(({ start, end }) => [start, end]));
  return stretches.map((stretch, at) => ({ ...stretch, start: offsets[2 * at], end: offsets[2 * at + 1] }));
}

/** Where two texts begin to differ, and where the difference ends in each. */
export function change(before, after) {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < least - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, before: before.length - tail, after: after.length - tail };
}

/** Stretches of a text moved to where their words stand after a change; those that were changed themselves grow or shrink with it. */
export function shifted(stretches, before, after) {
  const { start, before: end, after: now } = change(before, after);
  const by = now - end;
  const moved = [];
  for (const stretch of stretches) {
    if (stretch.end < start || stretch.end === start && start !== end) moved.push(stretch);
    else if (stretch.start >= end) moved.push({ ...stretch, start: stretch.start + by, end: stretch.end + by });
    else if (stretch.start <= start && stretch.end >= end) moved.push({ ...stretch, end: stretch.end + by });
  }
  return moved;
}

/** A text as lines of parts: `[class, words]`. Colours do not overlap; problems lie over them. */
export function lines(text, colours, problems) {
  const marks = [...problems]
    .map(({ start, end, severity }) => ({ start: end > start ? start : Math.max(0, start - 1), end: end > start ? end : start + 1, severity }))
    .sort((one, other) => one.start - other.start);
  const cuts = new Set();
  for (const { start, end } of [...colours, ...marks]) cuts.add(start).add(end);
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) cuts.add(at).add(at + 1);
  const places = [...cuts].filter((at) => at > 0 && at < text.length).sort((one, other) => one - other);
  places.push(text.length);
  const out = [[]];
  let from = 0;
  let colour = 0;
  let first = 0; // The first mark that may still reach on.
  for (const to of places) {
    const words = text.slice(from, to);
    if (words === "\n") out.push([]);
    else if (words) {
      while (colours[colour] && colours[colour].end <= from) colour++;
      while (marks[first] && marks[first].end <= from) first++;
      const classes = colours[colour] && colours[colour].start <= from ? [`c-${colours[colour].class}`] : [];
      for (let at = first; marks[at] && marks[at].start <= from; at++) {
        if (marks[at].end > from && !classes.includes(`p-${marks[at].severity}`)) classes.push(`p-${marks[at].severity}`);
      }
      out[out.length - 1].push([classes.join(" "), words]);
    }
    from = to;
  }
  return out;
}

/** What is put into the text for a candidate: the stretch that is replaced, the words, and where the caret stands after. */
export function insertion(text, { start, end }, insert) {
  // What follows is not doubled: a bracket that is there already.
  let words = insert;
  if (words.endsWith("()") && text[end] === "(") words = words.slice(0, -2);
  const inside = words.endsWith("()") ? words.length - 1 : words.length;
  return { start, end, words, caret: start + inside };
}

const PAIRS = { "(": ")", "[": "]", "{": "}", '"': '"', "'": "'" };
const CLOSING = new Set(Object.values(PAIRS));

/** What a key that opens or closes a pair does: an edit, a step over what is there, or nothing. */
export function paired(text, start, end, key) {
  const next = text[end] ?? "";
  const last = text[start - 1] ?? "";
  if (start === end && CLOSING.has(key) && next === key) return { start, end, words: "", caret: start + 1 };
  const close = PAIRS[key];
  if (!close) return null;
  if (start !== end) {
    const words = key + text.slice(start, end) + close;
    return { start, end, words, caret: start + words.length - 1, from: start + 1 };
  }
  const free = next === "" || /[\s)\]},;|]/.test(next);
  // A quote after a letter is an apostrophe, or ends something.
  if (!free || key === close && /[\w"']/.test(last)) return null;
  return { start, end, words: key + close, caret: start + 1 };
}

/** Backspace between a pair takes both. */
export function unpaired(text, at) {
  const last = text[at - 1];
  if (!last || PAIRS[last] !== text[at]) return null;
  return { start: at - 1, end: at + 1, words: "", caret: at - 1 };
}

/** Makes the lines of a selection comments, or, where all of them are, no comments. */
export function commented(text, start, end, mark = "//") {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const stop = text.indexOf("\n", end > start && text[end - 1] === "\n" ? end - 1 : end);
  const to = stop < 0 ? text.length : stop;
  const rows = text.slice(from, to).split("\n");
  const said = rows.filter((row) => row.trim());
  const all = said.length > 0 && said.every((row) => row.trimStart().startsWith(mark));
  const indent = Math.min(...said.map((row) => row.length - row.trimStart().length), 1000);
  const changed = rows.map((row) => {
    if (!row.trim() && said.length) return row;
    if (all) return row.replace(new RegExp(`^(\\s*)${mark} ?`), "$1");
    return `${row.slice(0, said.length ? indent : 0)}${mark} ${row.slice(said.length ? indent : 0)}`;
  });
  const words = changed.join("\n");
  const caret = start === end ? Math.max(from, start + changed[0].length - rows[0].length) : from + words.length;
  return { start: from, end: to, words, caret, from: start === end ? undefined : from };
}

/** The indentation that a new line begins with. */
export function indented(text, at) {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /^[ \t]*/.exec(line)[0];
}
