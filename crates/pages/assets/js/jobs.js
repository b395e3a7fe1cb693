// Work that goes on: `[data-job]` is looked at until it has ended, then `data-then` is gone to.
import { began, cancel, ended } from "./leaving.js";
import { announce } from "./toast.js";

const SHORTEST = 250; // Milliseconds between looks, at first.
const LONGEST = 2000; // And in the end.

async function follow(place) {
  // A query, a preview, a backtest ends with the page that waits for it.
  const { id, left } = place.dataset;
  if (left) began(id, left);
  const [words, count, bar] = ["[data-words]", "[data-count]", "progress"].map((part) => place.querySelector(part));
  let wait = SHORTEST;
  let said = "";
  for (;;) {
    let job;
    try {
      const answer = await fetch(place.dataset.job, { headers: { accept: "application/json" } });
      // Gone: what the page says of it is said by the page itself.
      if (!answer.ok) break;
      job = await answer.json();
    } catch {
      job = null; // The server is away for a moment.
    }
    if (job && job.state !== "running") break;
    if (job) {
      const { done, all, words: doing } = job.progress;
      if (words && doing) words.textContent = doing;
      if (count) count.textContent = all ? `${done} of ${all}` : "";
      if (bar && all) {
        bar.max = all;
        bar.value = done;
      }
      if (doing && doing !== said) announce((said = doing));
    }
    await new Promise((resume) => setTimeout(resume, wait));
    if (!place.isConnected) {
      // Something else is shown in its place.
      if (left) cancel(id, left);
      return;
    }
    wait = Math.min(wait * 1.3, LONGEST);
  }
  ended(id);
  const then = new URL(place.dataset.then, location.href);
  if (then.pathname === location.pathname && then.search === location.search) {
    // An address that differs by its fragment alone, or not at all, is not loaded by going there.
    history.replaceState(history.state, "", then);
    location.reload();
  } else {
    location.replace(then);
  }
}

for (const place of document.querySelectorAll("[data-job]")) follow(place);
