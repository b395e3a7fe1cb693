// Parts of a page that change while something goes on: `[data-refresh]` is asked for again, and its `[data-state]` says when the whole page
// is another one.
import { announce } from "./toast.js";

const EVERY = 4000; // Milliseconds between two looks.

async function watch(place) {
  const state = () => place.querySelector("[data-state]")?.dataset.state;
  const first = state();
  let shown = place.innerHTML;
  for (;;) {
    await new Promise((resume) => setTimeout(resume, EVERY));
    if (document.hidden) continue;
    try {
      const answer = await fetch(place.dataset.refresh, { headers: { accept: "text/html" } });
      if (!answer.ok) continue;
      const text = await answer.text();
      // What is open, or holds the focus, is not changed under the eyes of who reads it.
      if (text === shown || place.contains(document.activeElement) || place.querySelector("details[open]")) continue;
      // Made by the same page as what stands there: everything in it is escaped.
      place.innerHTML = shown = text;
    } catch {
      continue; // The server is away for a moment.
    }
    if (state() !== first && !document.querySelector("dialog[open]")) {
      announce("The status has changed");
      location.reload();
      return;
    }
  }
}

for (const place of document.querySelectorAll("[data-refresh]")) watch(place);
