// The rows of a query: sorted, filtered, columns chosen, cells opened and taken into the query, rows copied. A grid of ARIA: one tab stop,
// arrows move. Rows are made as they are scrolled to, so that ten thousand are no burden.
import { compared, copied, plain } from "./cells.js";
import { copy } from "./copy.js";
import { visible } from "./marks.js";
import { announce, toast } from "./toast.js";

const CHUNK = 100; // Rows that are made at a time.
const SHOWN = 140; // Characters of a value in a cell.
const WIDE = 60; // Columns that are shown at first.
const NUMBERS = new Set(["int", "long", "real", "decimal"]);

const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  const { dataset = {}, aria = {}, ...rest } = properties;
  Object.assign(element, rest);
  Object.assign(element.dataset, dataset);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

export class Grid {
  /** `place` is filled; `taken` hears a line to put into the query. */
  constructor(place, { columns, rows }, taken) {
    Object.assign(this, { place, columns, rows, taken });
    this.hidden = new Set(columns.map((_, at) => at).filter((at) => at >= WIDE));
    this.sorted = null;
    this.words = "";
    this.shown = rows;
    this.build();
    this.fill();
  }

  build() {
    const filter = make("input", { type: "search", placeholder: "Filter these rows", className: "grid-filter", dataset: { key: "f" }, aria: { "aria-label": "Filter these rows" } });
    filter.addEventListener("input", () => {
      this.words = filter.value.toLowerCase();
      this.fill();
    });
    this.count = make("span", { className: "soft", aria: { role: "status" } });
    this.choice = make("details", { className: "menu column-choice", dataset: { menu: "" } }, make("summary", { className: "button quiet", textContent: "Columns" }), this.chooser());
    const form = make("select", { aria: { "aria-label": "Copy as" } });
    for (const [value, words] of [["", "Copy as…"], ["csv", "CSV"], ["json", "JSON"], ["markdown", "Markdown"], ["datatable", "KQL datatable"]]) {
      form.append(make("option", { value, textContent: words }));
    }
    form.addEventListener("change", () => {
      if (form.value) this.copyAs(form.value);
      form.value = "";
    });
    this.table = make("table", { aria: { role: "grid", "aria-label": "Rows", "aria-rowcount": this.rows.length + 1 } });
    this.more = make("button", { type: "button", className: "button grid-more" });
    this.more.addEventListener("click", () => this.grow());
    this.box = make("div", { className: "table-box scroll grid-box" }, this.table, this.more);
    this.place.replaceChildren(make("div", { className: "grid-bar" }, filter, this.choice, form, this.count), this.box);
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.table.addEventListener("click", (event) => this.clicked(event));
    this.table.addEventListener("focusin", (event) => this.focused(event.target));
    this.seen = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.grow(), { root: this.box, rootMargin: "600px" });
    this.seen.observe(this.more);
  }

  chooser() {
    const search = make("input", { type: "search", placeholder: "Find a column", aria: { "aria-label": "Find a column" } });
    const set = make("fieldset", {}, make("legend", { className: "sr-only", textContent: "Columns that are shown" }));
    const boxes = this.columns.map(({ name, type }, at) => {
      const box = make("input", { type: "checkbox", checked: !this.hidden.has(at) });
      box.addEventListener("change", () => {
        if (box.checked) this.hidden.delete(at);
        else this.hidden.add(at);
        this.fill();
      });
      const label = make("label", { className: "menu-item" }, box, make("span", { textContent: name, dir: "auto" }), make("span", { className: "soft small", textContent: type }));
      set.append(label);
      return [label, box, at];
    });
    const all = (shown) => {
      for (const [label, box, at] of boxes) {
        if (label.hidden) continue;
        box.checked = shown;
        if (shown) this.hidden.delete(at);
        else this.hidden.add(at);
      }
      this.fill();
    };
    search.addEventListener("input", () => {
      for (const [label, , at] of boxes) label.hidden = !this.columns[at].name.toLowerCase().includes(search.value.toLowerCase());
    });
    const both = [["All", true], ["None", false]].map(([words, shown]) => {
      const button = make("button", { type: "button", className: "button quiet", textContent: words });
      button.addEventListener("click", () => all(shown));
      return button;
    });
    return make("div", { className: "menu-panel" }, search, make("div", { className: "row" }, ...both), set);
  }

  get chosen() {
    return this.columns.map((_, at) => at).filter((at) => !this.hidden.has(at));
  }

  /** Filters, sorts, and shows the first rows. */
  fill() {
    const { words } = this;
    const chosen = this.chosen;
    this.shown = words ? this.rows.filter((row) => chosen.some((at) => plain(row[at]).toLowerCase().includes(words))) : [...this.rows];
    if (this.sorted) {
      const { at, down } = this.sorted;
      this.shown.sort((one, other) => {
        const order = compared(one[at], other[at]);
        // What is not there stands last either way.
        return one[at] === null || other[at] === null ? order : down ? -order : order;
      });
    }
    const head = make("tr", { aria: { role: "row", "aria-rowindex": 1 } }, make("th", { className: "opener", aria: { scope: "col", role: "columnheader" } }, make("span", { className: "sr-only", textContent: "Whole row" })));
    for (const at of chosen) {
      const { name, type } = this.columns[at];
      const sorted = this.sorted?.at === at ? (this.sorted.down ? "descending" : "ascending") : "none";
      const button = make("button", { type: "button", className: "sort", tabIndex: -1, title: `${name}: ${type}`, dataset: { sort: at } }, make("bdi", { textContent: visible(name) }));
      head.append(make("th", { className: NUMBERS.has(type) ? "number" : "", aria: { scope: "col", role: "columnheader", "aria-sort": sorted } }, button));
    }
    this.body = make("tbody");
    this.table.replaceChildren(make("thead", {}, head), this.body);
    this.made = 0;
    this.grow();
    const first = this.body.querySelector("td") ?? head.querySelector("button");
    if (first) first.tabIndex = 0;
    this.count.textContent = this.shown.length === this.rows.length ? `${this.columns.length} columns` : `${this.shown.length.toLocaleString("en")} of ${this.rows.length.toLocaleString("en")} rows`;
  }

  /** Makes more rows. */
  grow() {
    const chosen = this.chosen;
    const upto = Math.min(this.made + CHUNK, this.shown.length);
    const fresh = document.createDocumentFragment();
    for (let at = this.made; at < upto; at++) fresh.append(this.row(at, chosen));
    this.body.append(fresh);
    this.made = upto;
    const left = this.shown.length - upto;
    this.more.hidden = left <= 0;
    this.more.textContent = `${Math.min(left, CHUNK)} more of ${left.toLocaleString("en")}`;
  }

  row(at, chosen) {
    const values = this.shown[at];
    const opener = make("td", { className: "opener", tabIndex: -1, dataset: { open: "" }, aria: { role: "gridcell", "aria-label": "Whole row", "aria-expanded": "false" } }, make("span", { textContent: "▸", aria: { "aria-hidden": "true" } }));
    const row = make("tr", { dataset: { at }, aria: { role: "row", "aria-rowindex": at + 2 } }, opener);
    for (const column of chosen) {
      const value = values[column];
      const words = plain(value);
      const cell = make("td", { tabIndex: -1, dataset: { column }, aria: { role: "gridcell" } });
      if (NUMBERS.has(this.columns[column].type)) cell.className = "number";
      if (value === null) cell.append(make("span", { className: "null", textContent: "–", title: "null" }));
      else {
        const part = make(typeof value === "object" ? "code" : "bdi", { textContent: visible(words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words) });
        if (words.length > SHOWN || typeof value === "object") cell.classList.add("whole");
        cell.append(part);
      }
      row.append(cell);
    }
    return row;
  }

  /** A row as a list of all its columns, or away again. */
  open(row) {
    const cell = row.querySelector("[data-open]");
    const detail = row.nextElementSibling;
    if (detail?.classList.contains("grid-detail")) {
      detail.remove();
      cell.setAttribute("aria-expanded", "false");
      return;
    }
    const values = this.shown[Number(row.dataset.at)];
    const list = make("dl", { className: "facts" });
    this.columns.forEach(({ name, type }, at) => {
      const value = values[at];
      const shown = value !== null && typeof value === "object" ? this.tree(value) : make("span", { className: "whole-value", textContent: value === null ? "null" : visible(plain(value)), dir: "auto" });
      list.append(make("div", {}, make("dt", { textContent: visible(name), title: type, dir: "auto" }), make("dd", {}, shown, ...this.acts(at, value))));
    });
    const place = make("td", { colSpan: row.children.length, aria: { role: "gridcell" } }, list);
    row.after(make("tr", { className: "grid-detail", aria: { role: "row" } }, place));
    cell.setAttribute("aria-expanded", "true");
  }

  tree(value, depth = 0) {
    const entries = Object.entries(value);
    const list = make("ul", { className: "tree" });
    for (const [name, member] of entries.slice(0, 200)) {
      const inner = member !== null && typeof member === "object" && depth < 12 && Object.keys(member).length;
      list.append(make("li", {}, make("span", { className: "name", textContent: Array.isArray(value) ? `[${name}] ` : `${visible(name)}: ` }), inner ? this.tree(member, depth + 1) : make("code", { textContent: visible(typeof member === "string" ? member : JSON.stringify(member)) })));
    }
    if (entries.length > 200) list.append(make("li", { className: "soft", textContent: `and ${entries.length - 200} more` }));
    return list;
  }

  /** What can be done with a value. */
  acts(at, value) {
    const name = this.columns[at].name;
    return [["= Filter", "for", `Only rows with this ${name}`], ["≠ Out", "out", `No rows with this ${name}`], ["Copy", "copy", `Copy this ${name}`]].map(([words, act, label]) => {
      const button = make("button", { type: "button", className: "button quiet small", textContent: words, title: label, aria: { "aria-label": label } });
      button.addEventListener("click", () => this.act(act, at, value));
      return button;
    });
  }

  async act(act, at, value) {
    this.menu?.remove();
    if (act === "copy") announce((await copy(typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : plain(value))) ? "Copied" : "Could not be copied");
    else this.taken(this.columns[at], value, act === "out");
  }

  /** The menu of a cell: its value whole, and what can be done with it. */
  menuOf(cell) {
    const at = Number(cell.dataset.column);
    const value = this.shown[Number(cell.closest("tr").dataset.at)][at];
    this.menu?.remove();
    const whole = value !== null && typeof value === "object" ? this.tree(value) : make("div", { className: "whole-value", textContent: value === null ? "null" : visible(plain(value).slice(0, 65_536)), dir: "auto", tabIndex: 0 });
    const { name, type } = this.columns[at];
    const menu = make("dialog", { className: "cell-menu", aria: { "aria-label": `${name}: ${type}` } }, make("p", { className: "soft small" }, make("strong", { textContent: name }), ` ${type}`), make("div", { className: "row" }, ...this.acts(at, value)), whole);
    menu.addEventListener("close", () => {
      menu.remove();
      if (cell.isConnected) cell.focus({ preventScroll: true });
    });
    menu.addEventListener("click", (event) => event.target === menu && menu.close());
    this.menu = menu;
    this.place.append(menu);
    menu.showModal();
    const box = cell.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, box.bottom + menu.offsetHeight > innerHeight ? box.top - menu.offsetHeight : box.bottom)}px`;
  }

  clicked(event) {
    const target = event.target instanceof Element ? event.target : null;
    const sort = target?.closest("[data-sort]");
    const cell = target?.closest("td");
    if (sort) this.sort(Number(sort.dataset.sort));
    else if (cell?.dataset.open !== undefined) this.open(cell.parentElement);
    else if (cell?.dataset.column && !String(getSelection())) this.menuOf(cell);
  }

  sort(at) {
    if (this.sorted?.at !== at) this.sorted = { at, down: false };
    else if (!this.sorted.down) this.sorted.down = true;
    else this.sorted = null;
    this.fill();
    this.table.querySelector(`[data-sort="${at}"]`)?.focus();
    announce(this.sorted ? `Sorted by ${this.columns[at].name}, ${this.sorted.down ? "descending" : "ascending"}` : "In the order of the query");
  }

  focused(target) {
    const cell = target.closest("td, th button");
    if (!cell) return;
    for (const other of this.table.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const cell = event.target.closest("td[data-column], td[data-open], th");
    if (!cell) return;
    const row = cell.parentElement;
    const column = [...row.children].indexOf(cell);
    const rows = [...this.table.querySelectorAll("tr:not(.grid-detail)")];
    const line = rows.indexOf(row);
    const to = {
      ArrowDown: () => (line + 1 >= rows.length && this.made < this.shown.length ? (this.grow(), this.table.querySelectorAll("tr:not(.grid-detail)")[line + 1]) : rows[line + 1])?.children[column],
      ArrowUp: () => rows[line - 1]?.children[column],
      ArrowRight: () => row.children[column + 1],
      ArrowLeft: () => row.children[column - 1],
      Home: () => row.children[0],
      End: () => row.lastElementChild,
      PageDown: () => rows[Math.min(line + 20, rows.length - 1)]?.children[column],
      PageUp: () => rows[Math.max(line - 20, 0)]?.children[column],
    }[event.key];
    if (to) {
      event.preventDefault();
      const next = to();
      const target = next?.querySelector("button") ?? next;
      target?.focus();
      next?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "Enter" || event.key === " ") {
      if (cell.tagName === "TH") return;
      event.preventDefault();
      if (cell.dataset.open !== undefined) this.open(row);
      else this.menuOf(cell);
    }
  }

  async copyAs(form) {
    const chosen = this.chosen;
    const rows = this.shown.map((row) => chosen.map((at) => row[at]));
    const done = await copy(copied(form, chosen.map((at) => this.columns[at]), rows));
    if (done) toast(`Copied ${rows.length.toLocaleString("en")} rows`, "good");
    else toast("Could not be copied", "bad");
  }
}
