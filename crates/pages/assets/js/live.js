// What happens while a page is open: `[data-live="alert incident"]` names the kinds it wants to be told of. It is never changed under the
// eyes of who reads it: a line says how much is new, and loads it when it is pressed, also by the key `n`.
import { announce } from "./toast.js";

/** What an event says was done. */
function action(data) {
  try {
    return JSON.parse(data).action;
  } catch {
    return "";
  }
}

for (const place of document.querySelectorAll("[data-live]")) {
  let fresh = 0;
  let raised = 0;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button fresh";
  button.hidden = true;
  button.dataset.key = "n";
  button.addEventListener("click", () => location.reload());
  place.before(button);

  const tell = (words) => {
    button.textContent = `${words} · show`;
    if (button.hidden) announce(words);
    button.hidden = false;
  };
  const source = new EventSource("/api/v1/events");
  for (const kind of place.dataset.live.split(" ")) {
    source.addEventListener(kind, (event) => {
      fresh += 1;
      // What is new is said by its name; work of others on what is there already is a change.
      if (action(event.data) === "raised") raised += 1;
      const many = (count, words) => `${count} ${words}${count === 1 ? "" : "s"}`;
      tell(raised > 0 ? many(raised, `new ${kind}`) : `${many(fresh, "change")} since this page was loaded`);
    });
  }
  source.addEventListener("missed", () => tell("Many changes since this page was loaded"));
  addEventListener("pagehide", () => source.close());
}
