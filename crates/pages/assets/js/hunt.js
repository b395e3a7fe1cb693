// The hunt page: the query is run in place, its job followed and cancelled, its rows become a grid; the schema stands beside it.
import { Editor } from "./editor.js";
import { Grid } from "./grid.js";
import { filterLine, withFilter } from "./cells.js";
import { copy } from "./copy.js";
import { began, cancel as cancelled, ended } from "./leaving.js";
import { announce, toast } from "./toast.js";

const form = document.getElementById("hunt");
const result = document.getElementById("result");
const csrf = form.dataset.csrf;
let running = null; // What gives up the query that is under way.

const editor = new Editor(form.querySelector("[data-editor]"), {
  more: () => ({ language: form.elements.language.value, indices: form.elements.indices.value }),
  runs: () => run(),
});

const words = (tag, kind, text) => Object.assign(document.createElement(tag), { className: kind, textContent: text });

/** What the form asks, as parameters of an address. */
function asked() {
  const parameters = new URLSearchParams();
  for (const name of ["q", "language", "as_of", "indices"]) {
    const value = form.elements[name]?.value ?? "";
    if (value && !(name === "language" && value === "kusto")) parameters.set(name, value);
  }
  return parameters;
}

/** Puts a part of a page, written by our server, into this one. */
function put(html) {
  const part = document.createElement("template");
  part.innerHTML = html;
  result.replaceChildren(part.content);
}

async function part(address, options = {}) {
  const answer = await fetch(address, options);
  if (answer.status === 401) location.reload();
  return answer;
}

async function run({ push = true } = {}) {
  if (!form.elements.q.value.trim()) return editor.field.focus();
  running?.abort();
  const giving = (running = new AbortController());
  const { signal } = giving;
  const parameters = asked();
  if (push) history.pushState({ q: parameters.get("q") }, "", `/hunt?${parameters}`);
  result.setAttribute("aria-busy", "true");
  result.classList.add("stale");
  try {
    const answer = await part("/hunt/run", { method: "POST", headers: { "x-csrf-token": csrf }, body: new URLSearchParams([...parameters, ["csrf", csrf]]), signal });
    const { id, error } = await answer.json();
    if (!id) throw new Error(error ?? `The server answered ${answer.status}.`);
    began(id, csrf);
    signal.addEventListener("abort", () => cancel(id));
    await follow(id, parameters, signal);
    ended(id);
  } catch (error) {
    if (signal.aborted) return;
    result.replaceChildren(words("div", "notice bad", error instanceof TypeError ? "The server does not answer." : error.message));
    announce(result.textContent);
  } finally {
    if (running === giving) {
      running = null;
      result.removeAttribute("aria-busy");
      result.classList.remove("stale");
    }
  }
}

const cancel = (id) => cancelled(id, csrf);

/** Waits for the end of a query; what lasts is shown with how far it is, and can be cancelled. */
async function follow(id, parameters, signal) {
  let wait = 40;
  let shown = false;
  const start = performance.now();
  for (;;) {
    const job = await (await part(`/jobs/${encodeURIComponent(id)}`, { signal, headers: { accept: "application/json" } })).json();
    if (job.state !== "running") break;
    if (!shown && performance.now() - start > 300) {
      put(await (await part(`/hunt/result/${encodeURIComponent(id)}?${parameters}`, { signal })).text());
      result.classList.remove("stale");
      shown = true;
      result.querySelector("form")?.addEventListener("submit", (event) => {
        event.preventDefault();
        cancel(id);
      });
    }
    const place = result.querySelector("[data-words]");
    if (place && job.progress.words) place.textContent = job.progress.words;
    const bar = result.querySelector("progress");
    if (bar && job.progress.all) Object.assign(bar, { max: job.progress.all, value: job.progress.done });
    await new Promise((resume) => setTimeout(resume, wait));
    wait = Math.min(wait * 1.4, 1000);
  }
  put(await (await part(`/hunt/result/${encodeURIComponent(id)}?${parameters}`, { signal })).text());
  await dress(signal);
  announce(result.querySelector(".answer-facts")?.innerText ?? result.innerText.slice(0, 300));
  editor.look();
}

/** Makes a grid of the rows that were answered. */
async function dress(signal) {
  const answer = result.querySelector("[data-rows]");
  const place = answer?.querySelector(".grid-place");
  if (!place) return;
  const rows = await fetch(answer.dataset.rows, { signal });
  if (!rows.ok) return; // The rows of the page itself stay.
  new Grid(place, await rows.json(), (column, value, not) => {
    editor.replace(withFilter(editor.value, filterLine(column.name, column.type, value, not)));
    run();
  });
}

form.addEventListener("submit", (event) => {
  const target = event.submitter?.getAttribute("formaction");
  if (target) return;
  event.preventDefault();
  run();
});

form.elements.language.addEventListener("change", () => {
  form.querySelector(".indices").hidden = form.elements.language.value === "kusto";
  editor.look();
});

form.querySelector("[data-share]")?.addEventListener("click", async () => {
  toast((await copy(`${location.origin}/hunt?${asked()}`)) ? "The link is copied: it runs the same query." : "Could not be copied");
});

addEventListener("popstate", () => {
  const parameters = new URLSearchParams(location.search);
  editor.replace(parameters.get("q") ?? "");
  form.elements.as_of.value = parameters.get("as_of") ?? "";
  form.elements.language.value = parameters.get("language") ?? "kusto";
  if (parameters.get("q")) run({ push: false });
  else result.replaceChildren();
});

// The schema: searched as one writes; a name is put where the caret stands.
const search = document.getElementById("schema-search");
const schema = document.getElementById("schema");
let finding = null;
async function find() {
  finding?.abort();
  finding = new AbortController();
  try {
    const answer = await part(`/hunt/schema?part=1&find=${encodeURIComponent(search.elements.find.value)}`, { signal: finding.signal });
    if (!answer.ok) return;
    const found = document.createElement("template");
    found.innerHTML = await answer.text();
    schema.replaceChildren(found.content);
  } catch {
    // A newer search, or no server: what stands there stays.
  }
}
let pause = 0;
search.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(find, 120);
});
search.addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
schema.addEventListener("toggle", async (event) => {
  const table = event.target;
  if (!table.open || !table.dataset.part || table.dataset.filled) return;
  table.dataset.filled = "1";
  const answer = await part(table.dataset.part);
  const found = document.createElement("template");
  found.innerHTML = await answer.text();
  table.append(found.content);
}, true);
schema.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-insert]") : null;
  if (!button) return;
  const name = button.dataset.insert;
  const inserted = /^[A-Za-z_]\w*$/.test(name) ? name : `['${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
  const { selectionStart: start, selectionEnd: end } = editor.field;
  const before = editor.value.slice(0, start);
  const space = before && !/[\s(\[,]$/.test(before) ? " " : "";
  editor.edit({ start, end, words: space + inserted, caret: start + space.length + inserted.length });
});

find();
dress();
if (!form.elements.q.value.trim()) editor.field.focus();
