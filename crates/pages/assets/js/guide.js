// Queries of an investigation guide, run where they stand. Without this the link leads to the hunt page.
import { began, cancel, ended as done } from "./leaving.js";
import { announce } from "./toast.js";

const WAIT = 250; // Milliseconds between looks.

async function send(address, fields) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? `The server answered ${answer.status}.`);
  return told;
}

/** Waits until a job has ended; says how far it is. */
async function ended(id, tell, stopped) {
  for (;;) {
    const answer = await fetch(`/jobs/${encodeURIComponent(id)}`, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error("The query is not known any more.");
    const job = await answer.json();
    if (job.state !== "running") return;
    if (stopped()) return;
    tell(job.progress.words || "Running");
    await new Promise((resume) => setTimeout(resume, WAIT));
  }
}

function note(words, tone) {
  const text = document.createElement("p");
  text.className = tone;
  text.textContent = words;
  return text;
}

for (const guide of document.querySelectorAll("[data-guide]")) {
  const csrf = guide.dataset.csrf;
  const links = [...guide.querySelectorAll("[data-run]")];
  // The key runs the first one that has not been run yet.
  const mark = () => {
    for (const link of links) delete link.dataset.key;
    const next = links.find((link) => !link.dataset.ran) ?? links[0];
    if (next) next.dataset.key = "r";
  };
  mark();
  for (const link of links) {
    link.setAttribute("role", "button");
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (link.getAttribute("aria-disabled") === "true") return;
      const place = link.closest(".guide-query").querySelector("[data-rows]");
      const { query, language, asOf } = link.dataset;
      link.setAttribute("aria-disabled", "true");
      place.hidden = false;
      const running = note("Running", "soft");
      const stop = document.createElement("button");
      stop.type = "button";
      stop.className = "button small";
      stop.textContent = "Cancel";
      place.replaceChildren(running, stop);
      announce("The query runs");
      try {
        const { id } = await send("/hunt/run", { csrf, q: query, language, as_of: asOf });
        began(id, csrf);
        let stopped = false;
        stop.addEventListener("click", () => {
          stopped = true;
          cancel(id, csrf).catch(() => {});
        });
        await ended(id, (words) => (running.textContent = words), () => stopped);
        done(id);
        if (stopped) {
          place.replaceChildren(note("Cancelled", "soft"));
        } else {
          const asked = new URLSearchParams({ q: query, language, as_of: asOf });
          const answer = await fetch(`/hunt/result/${encodeURIComponent(id)}?${asked}`);
          const part = new DOMParser().parseFromString(await answer.text(), "text/html");
          place.replaceChildren(...part.body.childNodes);
          announce(place.querySelector(".answer-facts")?.textContent.trim() ?? "The query has ended");
        }
      } catch (error) {
        place.replaceChildren(note(error.message, "field-error"));
        announce(error.message);
      } finally {
        link.removeAttribute("aria-disabled");
        link.dataset.ran = "";
        mark();
      }
    });
  }
}
