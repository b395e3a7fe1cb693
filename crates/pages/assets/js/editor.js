// The editor: a field of text over its own words in colours. The field is an ordinary one, so that undo, input methods, spoken input and
// screen readers work as everywhere; the words below it are for the eye alone. Colours and problems come from the server.
import { change, commented, indented, insertion, lines, paired, placed, shifted, toBytes, unpaired } from "./text.js";
import { visible } from "./marks.js";
import { announce } from "./toast.js";

const PAUSE = 180; // Milliseconds after a key before colours are asked for.
const AROUND = 30; // Lines that are drawn above and below those in sight.
const LOOKED = 300_000; // Characters of the longest text that is looked at.
let count = 0;

/** Asks the server about a text. A question that is out of date is given up. */
async function ask(address, body, signal) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": document.querySelector("[data-csrf]")?.dataset.csrf ?? "" },
    body: JSON.stringify(body),
    signal,
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** A sentence of the server: what stands between backticks in it is a word of a machine, and is shown as one. */
const prose = (text) =>
  text.split("`").map((words, at, parts) => {
    if (at % 2 === 0) return words;
    return at === parts.length - 1 ? `\`${words}` : Object.assign(document.createElement("code"), { textContent: words });
  });

export class Editor {
  /** `place` is what `component::Editor` wrote; `more` gives what is sent beside the text; `looked` hears each answer. */
  constructor(place, { more = () => ({}), looked = () => {}, runs = () => {} } = {}) {
    Object.assign(this, { place, more, looked, runs });
    this.field = place.querySelector("textarea");
    this.paper = place.querySelector("pre");
    this.list = place.querySelector(".problems");
    this.words = document.createElement("div");
    this.numbers = document.createElement("div");
    this.numbers.className = "editor-numbers";
    this.paper.replaceChildren(this.words, this.numbers);
    this.colours = [];
    this.problems = [];
    this.text = this.field.value;
    place.classList.add("live");
    this.popup = new Popup(this);
    this.field.addEventListener("input", (event) => this.changed(event));
    this.field.addEventListener("scroll", () => this.follow());
    this.field.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-start]") : null;
      if (button && (this.list.contains(button) || button.closest(".result"))) this.go(button);
    });
    new ResizeObserver(() => this.follow()).observe(this.field);
    this.draw();
    this.look();
  }

  get value() {
    return this.field.value;
  }

  /** Puts words in place of a stretch so that undo takes them back. */
  edit({ start, end, words, caret, from }) {
    const { field } = this;
    field.focus();
    field.setSelectionRange(start, end);
    const done = words === "" && start === end ? true : document.execCommand(words === "" ? "delete" : "insertText", false, words);
    if (!done) {
      field.setRangeText(words, start, end, "end");
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    field.setSelectionRange(from ?? caret, caret);
  }

  /** Another text, as if it had been written. */
  replace(text) {
    const { start, before, after } = change(this.value, text);
    this.edit({ start, end: before, words: text.slice(start, after), caret: after });
  }

  changed(event) {
    const text = this.field.value;
    this.colours = shifted(this.colours, this.text, text);
    this.problems = shifted(this.problems, this.text, text);
    this.text = text;
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
    this.popup.written(event);
  }

  /** Asks for colours and problems. */
  async look() {
    this.asked?.abort();
    const { text } = this;
    if (!this.place.dataset.look || text.length > LOOKED) return;
    const asked = (this.asked = new AbortController());
    try {
      const looked = await ask(this.place.dataset.look, { text, ...this.more() }, asked.signal);
      if (text !== this.text) return;
      this.colours = placed(text, looked.colours ?? []);
      this.problems = placed(text, (looked.problems ?? []).filter((problem) => problem.line > 0));
      this.draw();
      this.tell(looked.problems ?? []);
      this.looked(looked);
    } catch {
      // The server is away, or a newer question was asked: the text stays as it is.
    }
  }

  /** The list of problems, which the field is described by. Read out when their number changes, not at every key. */
  tell(problems) {
    const items = problems.slice(0, 100).map((problem) => {
      const item = document.createElement("li");
      item.className = { error: "bad", warning: "warn" }[problem.severity] ?? "info";
      if (problem.line > 0) {
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "place", textContent: `Line ${problem.line}:${problem.column}` });
        Object.assign(button.dataset, { start: problem.start, end: problem.end });
        item.append(button);
      }
      for (const [tag, kind, words] of [["span", "sr-only", `${problem.severity}: `], ["span", "", problem.message], ["span", "soft", problem.help], ["code", "soft", problem.code]]) {
        if (!words) continue;
        const part = document.createElement(tag);
        part.className = kind;
        part.dir = "auto";
        part.append(...prose(visible(words)));
        item.append(part);
      }
      return item;
    });
    this.list.replaceChildren(...items);
    this.field.setAttribute("aria-invalid", String(problems.some(({ severity }) => severity === "error")));
    if (this.told !== undefined && this.told !== problems.length) announce(problems.length ? `${problems.length} problems: ${problems[0].message}` : "No problems");
    this.told = problems.length;
  }

  /** Selects the place of a problem; its button has offsets in UTF-8. */
  go(button) {
    const [{ start, end }] = placed(this.text, [{ start: Number(button.dataset.start), end: Number(button.dataset.end) }]);
    this.field.focus();
    this.field.setSelectionRange(start, Math.max(end, start));
    const line = this.text.slice(0, start).split("\n").length;
    this.field.scrollTop = Math.max(0, (line - 5) * this.height);
  }

  /** Draws the text anew. */
  draw() {
    this.starts = [0];
    for (let at = this.text.indexOf("\n"); at >= 0; at = this.text.indexOf("\n", at + 1)) this.starts.push(at + 1);
    const digits = String(String(this.starts.length).length);
    if (this.digits !== digits) this.place.style.setProperty("--digits", (this.digits = digits));
    this.drawn = null;
    this.follow();
  }

  /** Shows the lines that are in sight: those of a long text are too many to lay out at every key. */
  follow() {
    const { field, starts } = this;
    this.height ??= parseFloat(getComputedStyle(field).lineHeight);
    const { scrollTop, scrollLeft } = field;
    const top = Math.floor(scrollTop / this.height);
    const seen = Math.ceil(field.clientHeight / this.height) + 1;
    if (!this.drawn || top < this.drawn.first || Math.min(top + seen, starts.length) > this.drawn.last) this.paint(top, seen);
    const down = this.drawn.first * this.height - scrollTop;
    this.words.style.transform = `translate(${-scrollLeft}px, ${down}px)`;
    this.numbers.style.transform = `translateY(${down}px)`;
    this.popup.stand();
  }

  paint(top, seen) {
    const { starts } = this;
    const first = Math.max(0, top - AROUND);
    const last = Math.min(starts.length, top + seen + AROUND);
    const from = starts[first] ?? 0;
    const to = last < starts.length ? starts[last] - 1 : this.text.length;
    const inside = (stretches) =>
      stretches
        .filter(({ start, end }) => end >= from && start <= to)
        .map((stretch) => ({ ...stretch, start: Math.max(0, stretch.start - from), end: Math.min(to, stretch.end) - from }));
    const rows = lines(this.text.slice(from, to), inside(this.colours), inside(this.problems)).map((parts) => {
      const line = document.createElement("div");
      for (const [kind, words] of parts) {
        const part = kind ? document.createElement("span") : document.createTextNode(words);
        if (kind) Object.assign(part, { className: kind, textContent: words });
        line.append(part);
      }
      if (!parts.length) line.append("\n");
      return line;
    });
    this.words.replaceChildren(...rows);
    this.numbers.textContent = Array.from({ length: last - first }, (_, at) => first + at + 1).join("\n");
    this.drawn = { first, last };
  }

  key(event) {
    if (event.isComposing || event.altKey) return;
    if (this.popup.key(event)) return;
    const { selectionStart: start, selectionEnd: end } = this.field;
    const control = event.ctrlKey || event.metaKey;
    let edit = null;
    if (control && event.key === "Enter") {
      event.preventDefault();
      this.runs();
      return;
    }
    if (control && event.key === " ") {
      event.preventDefault();
      this.popup.ask(true);
      return;
    }
    if (control && event.key === "/") edit = commented(this.text, start, end, this.place.dataset.comment ?? "//");
    else if (control) return;
    else if (event.key === "Enter" && !event.shiftKey) {
      const indent = indented(this.text, start);
      if (indent) edit = { start, end, words: `\n${indent}`, caret: start + 1 + indent.length };
    } else if (event.key === "Backspace" && start === end) edit = unpaired(this.text, start);
    else if (event.key.length === 1) edit = paired(this.text, start, end, event.key);
    if (!edit) return;
    event.preventDefault();
    this.quiet = true;
    this.edit(edit);
    this.quiet = false;
  }
}

/** What may stand at the cursor: a list box that the field points into (ARIA Authoring Practices, combobox with list autocomplete). */
class Popup {
  constructor(editor) {
    this.editor = editor;
    this.id = `completion-${++count}`;
    this.box = document.createElement("div");
    this.box.className = "completion";
    this.box.hidden = true;
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: this.id, role: "listbox" });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Completions");
    this.about = document.createElement("div");
    this.about.className = "completion-about";
    this.box.append(this.list, this.about);
    const { field, place } = editor;
    field.parentElement.append(this.box);
    if (place.dataset.complete) {
      field.setAttribute("aria-autocomplete", "list");
      field.setAttribute("aria-haspopup", "listbox");
    }
    // The field keeps the focus while the mouse chooses.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const row = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (row) {
        this.at = [...this.list.children].indexOf(row);
        this.take();
      }
    });
    field.addEventListener("blur", () => this.close());
    field.addEventListener("click", () => this.close());
  }

  get open() {
    return !this.box.hidden;
  }

  /** Something was written: a word goes on, or begins, or is over. */
  written(event) {
    if (this.editor.quiet || !event?.inputType) return this.close();
    const { field } = this.editor;
    const before = field.value.slice(0, field.selectionStart);
    const word = /[\w$-]+$/.exec(before)?.[0] ?? "";
    const wanted = event.inputType === "insertText" && (word.length > 1 && /^[A-Za-z_$]/.test(word) || /\|\s$/.test(before));
    if (wanted || this.open && word) this.ask(false);
    else this.close();
  }

  async ask(wanted) {
    const { editor } = this;
    const address = editor.place.dataset.complete;
    if (!address) return;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const text = editor.value;
    const caret = editor.field.selectionStart;
    try {
      const found = await ask(address, { text, at: toBytes(text, caret), ...editor.more() }, asked.signal);
      if (text !== editor.value || caret !== editor.field.selectionStart) return;
      this.show(placed(text, [found])[0], wanted);
    } catch {
      this.close();
    }
  }

  show(found, wanted) {
    const { candidates, start, end } = found;
    const whole = this.editor.value.slice(start, end);
    const known = candidates.length === 1 && candidates[0].insert === whole;
    if (!candidates.length || known && !wanted) {
      if (wanted) announce("Nothing fits here");
      return this.close();
    }
    Object.assign(this, { candidates: candidates.slice(0, 200), start, end, at: 0 });
    const rows = this.candidates.map((candidate, at) => {
      const row = document.createElement("li");
      row.id = `${this.id}-${at}`;
      row.setAttribute("role", "option");
      for (const [kind, words] of [["kind", candidate.kind.slice(0, 1)], ["label", candidate.label], ["detail", candidate.detail]]) {
        const part = document.createElement("span");
        part.className = kind;
        part.textContent = words;
        if (kind === "kind") {
          part.setAttribute("aria-hidden", "true");
          part.classList.add(candidate.kind);
        }
        row.append(part);
      }
      return row;
    });
    this.list.replaceChildren(...rows);
    const fresh = !this.open;
    this.box.hidden = false;
    this.editor.field.setAttribute("aria-controls", this.id);
    this.stand();
    this.choose(0);
    if (fresh) announce(`${this.candidates.length} completions`);
  }

  choose(at) {
    const rows = this.list.children;
    rows[this.at]?.removeAttribute("aria-selected");
    this.at = (at + rows.length) % rows.length;
    const row = rows[this.at];
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.editor.field.setAttribute("aria-activedescendant", row.id);
    const { label, kind, detail, documentation } = this.candidates[this.at];
    const parts = [["strong", label], ["span", kind], ["code", detail], ["p", documentation]];
    this.about.replaceChildren(
      ...parts.filter(([, words]) => words).map(([tag, words]) => {
        const part = document.createElement(tag);
        part.textContent = words;
        return part;
      }),
    );
  }

  take() {
    const edit = insertion(this.editor.value, this, this.candidates[this.at].insert);
    this.close();
    this.editor.quiet = true;
    this.editor.edit(edit);
    this.editor.quiet = false;
  }

  close() {
    this.asked?.abort();
    if (!this.open) return;
    this.box.hidden = true;
    this.editor.field.removeAttribute("aria-activedescendant");
    this.editor.field.removeAttribute("aria-controls");
  }

  /** Keys while it is open; true if one was meant for it. */
  key(event) {
    if (!this.open || event.ctrlKey || event.metaKey) return false;
    const does = {
      ArrowDown: () => this.choose(this.at + 1),
      ArrowUp: () => this.choose(this.at - 1),
      PageDown: () => this.choose(Math.min(this.at + 8, this.candidates.length - 1)),
      PageUp: () => this.choose(Math.max(this.at - 8, 0)),
      Enter: () => this.take(),
      Tab: () => this.take(),
      Escape: () => this.close(),
    }[event.shiftKey ? "" : event.key];
    if (!does) return false;
    event.preventDefault();
    event.stopPropagation(); // Escape closes this alone.
    does();
    return true;
  }

  /** Puts it below the word. The width of a character is measured once: the font is of one width. */
  stand() {
    if (!this.open) return;
    const { field } = this.editor;
    const style = getComputedStyle(field);
    this.wide ??= measure(field);
    const before = field.value.slice(0, this.start);
    const row = before.split("\n").length;
    const column = [...before.slice(before.lastIndexOf("\n") + 1).replaceAll("\t", "    ")].length;
    const height = parseFloat(style.lineHeight);
    const left = parseFloat(style.paddingLeft) + column * this.wide - field.scrollLeft;
    const top = parseFloat(style.paddingTop) + row * height - field.scrollTop;
    this.box.style.left = `${Math.max(0, Math.min(left, field.clientWidth - this.box.offsetWidth))}px`;
    this.box.style.top = `${Math.max(height, Math.min(top, field.clientHeight))}px`;
  }
}

function measure(field) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = getComputedStyle(field).font;
  return context.measureText("x".repeat(100)).width / 100;
}
