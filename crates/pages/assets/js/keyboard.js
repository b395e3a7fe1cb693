// Keys. `g` and a letter goes to an area; `j`, `k`, `x`, `Enter` work in the list of a page (`[data-list]`, rows `[data-row]`); a key of
// a page alone stands as `data-key` on the link, button or field that it presses.

const WAIT = 1200; // Milliseconds that a second key may take.
let first = ""; // The keys before, of a sequence.
let timer = 0;

const writes = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));

const shown = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;

/** The list that keys move in: the one that holds the focus, else the first. */
function list() {
  return document.activeElement?.closest("[data-list]") ?? [...document.querySelectorAll("[data-list]")].find(shown);
}

const rows = (place) => [...place.querySelectorAll("[data-row]")].filter(shown);

/** The row that keys work on. */
const current = (place) => place.querySelector("[data-row][data-current]");

/** What opens a row. */
const opener = (row) => row.querySelector("[data-open-row]") ?? row.querySelector("a[href]");

function mark(place, row) {
  for (const other of place.querySelectorAll("[data-current]")) delete other.dataset.current;
  row.dataset.current = "";
  const target = opener(row) ?? row.querySelector("input, button");
  (target ?? row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const place = list();
  if (!place) return false;
  const all = rows(place);
  const at = all.indexOf(current(place));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  if (!all[next]) return false;
  mark(place, all[next]);
  return true;
}

function select() {
  const box = current(list() ?? document)?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

function selectAll() {
  const box = list()?.querySelector("input[data-select-all]");
  box?.click();
  return Boolean(box);
}

function open() {
  if (document.activeElement && document.activeElement !== document.body && !document.activeElement.matches("[data-row], main, .table-box")) {
    return false; // Enter does what it does there.
  }
  const row = current(list() ?? document);
  const target = row && opener(row);
  target?.click();
  return Boolean(target);
}

/** Presses a link or button, puts the caret into a field. */
function press(element) {
  if (element.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.focus();
    element.click();
  }
  return true;
}

const pressFirst = (selector) => {
  const element = [...document.querySelectorAll(selector)].find((candidate) => shown(candidate) && !candidate.disabled);
  return element ? press(element) : false;
};

function escape() {
  const menu = document.activeElement?.closest("details[data-menu][open]") ?? document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
    return true;
  }
  if (writes(document.activeElement)) {
    document.activeElement.blur();
    return true;
  }
  return false;
}

function help() {
  const dialog = document.getElementById("help");
  if (!(dialog instanceof HTMLDialogElement)) return false;
  if (dialog.open) dialog.close();
  else dialog.showModal();
  return true;
}

const ALWAYS = {
  j: () => move(1),
  k: () => move(-1),
  x: select,
  X: selectAll,
  Enter: open,
  "/": () => pressFirst("[data-key='/'], main [type=search]"),
  "[": () => pressFirst("a[rel=prev]"),
  "]": () => pressFirst("a[rel=next]"),
  "?": help,
};

/** What a key, after those before it, does here; false if nothing. */
function run(key) {
  if (first === "g") return pressFirst(`[data-go="${CSS.escape(key)}"]`) || go(key);
  const all = first ? `${first} ${key}` : key;
  if (pressFirst(`[data-key="${CSS.escape(all)}"]`)) return true;
  return first ? false : (ALWAYS[key]?.() ?? false);
}

/** Goes to an area though its link is folded away. */
function go(key) {
  const link = document.querySelector(`a[data-go="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
}

const begins = (key) => key === "g" || document.querySelector(`[data-key^="${CSS.escape(key)} "]`) !== null;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (!document.querySelector("dialog[open]") && escape()) event.preventDefault();
    return;
  }
  if (writes(event.target) || event.key.length > 1 && event.key !== "Enter") return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog) {
    if (event.key === "?" && dialog.id === "help") {
      dialog.close();
      event.preventDefault();
    }
    return;
  }
  clearTimeout(timer);
  if (!first && begins(event.key)) {
    first = event.key;
    timer = setTimeout(() => {
      first = "";
    }, WAIT);
    event.preventDefault();
    return;
  }
  if (run(event.key)) event.preventDefault();
  first = "";
});

// The row that is clicked into or tabbed to is the one keys go on from.
document.addEventListener("focusin", (event) => {
  const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
  const place = row?.closest("[data-list]");
  if (!place) return;
  for (const other of place.querySelectorAll("[data-current]")) if (other !== row) delete other.dataset.current;
  row.dataset.current = "";
});

// A menu closes when something else is clicked.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!(event.target instanceof Node) || !menu.contains(event.target)) menu.open = false;
  }
});
