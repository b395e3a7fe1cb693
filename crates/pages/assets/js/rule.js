// Pages of rules: a text is checked as it is written and replayed in place; files are sent with the mark of forms.
import { Editor } from "./editor.js";
import { began, cancel, ended } from "./leaving.js";
import { announce } from "./toast.js";

const put = (place, html) => {
  const part = document.createElement("template");
  part.innerHTML = html; // Written by our server.
  place.replaceChildren(part.content);
};

const form = document.getElementById("rule");
if (form) edits(form);

function edits(form) {
  const { csrf, keyOf: key } = form.dataset;
  const outcome = document.getElementById("outcome");
  const replayer = form.querySelector("[data-replay]");
  let saved = form.elements.text.value;
  let running = 0;

  const place = form.querySelector("[data-editor]");
  place.dataset.comment = "//";
  new Editor(place, {
    more: () => ({ key }),
    looked: ({ shown, ok }) => {
      if (shown !== undefined) put(document.getElementById("trial"), shown);
      form.querySelector("[data-save]").disabled = !ok;
    },
    runs: () => replay(),
  });

  async function replay() {
    const mine = ++running;
    const fields = new URLSearchParams({ csrf, key, text: form.elements.text.value, days: form.elements.days.value });
    replayer.disabled = true;
    try {
      const { id, error } = await (await fetch("/rules/replay", { method: "POST", headers: { "x-csrf-token": csrf }, body: fields })).json();
      if (!id) throw new Error(error);
      began(id, csrf);
      let wait = 60;
      let asked = false;
      for (;;) {
        const job = await (await fetch(`/jobs/${encodeURIComponent(id)}`)).json();
        if (mine !== running) return cancel(id, csrf);
        if (job.state !== "running") break;
        if (!asked) {
          asked = true;
          put(outcome, await (await fetch(`/rules/replay/${encodeURIComponent(id)}?part=1`)).text());
          outcome.querySelector("form")?.addEventListener("submit", (event) => {
            event.preventDefault();
            cancel(id, csrf);
          });
        }
        const words = outcome.querySelector("[data-words]");
        if (words && job.progress.words) words.textContent = job.progress.words;
        const bar = outcome.querySelector("progress");
        if (bar && job.progress.all) Object.assign(bar, { max: job.progress.all, value: job.progress.done });
        await new Promise((resume) => setTimeout(resume, wait));
        wait = Math.min(wait * 1.4, 1000);
      }
      ended(id);
      put(outcome, await (await fetch(`/rules/replay/${encodeURIComponent(id)}?part=1`)).text());
      outcome.focus();
      outcome.scrollIntoView({ block: "start" });
      announce(outcome.querySelector(".answer-facts")?.innerText ?? outcome.innerText.slice(0, 300));
    } catch (error) {
      outcome.replaceChildren(Object.assign(document.createElement("div"), { className: "notice bad", textContent: error instanceof TypeError ? "The server does not answer." : error.message }));
      announce(outcome.textContent);
    } finally {
      if (mine === running) replayer.disabled = false;
    }
  }

  replayer.addEventListener("click", (event) => {
    event.preventDefault();
    replay();
  });

  // What is written is not lost by a step back.
  form.addEventListener("submit", () => {
    saved = form.elements.text.value;
  });
  addEventListener("beforeunload", (event) => {
    if (form.elements.text.value !== saved) event.preventDefault();
  });
}

const files = document.getElementById("files");
files?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = files.querySelector("button");
  const imported = document.getElementById("imported");
  button.disabled = true;
  try {
    const answer = await fetch("/rules/import", { method: "POST", headers: { "x-csrf-token": files.dataset.csrf }, body: new FormData(files) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.getElementById("imported") ?? page.querySelector("main");
    imported.replaceChildren(...told.childNodes);
  } catch {
    imported.replaceChildren(Object.assign(document.createElement("div"), { className: "notice bad", textContent: "The files could not be sent: they are too many, or the server does not answer." }));
  }
  button.disabled = false;
  imported.focus();
  announce(imported.innerText.slice(0, 500));
});
