// What happens while a page is open: `[data-live="alert incident"]` names the kinds it wants to be told of. It is never changed under the
// eyes of who reads it: a line says how much is new, and loads it when it is pressed.
import { announce } from "./toast.js";

for (const place of document.querySelectorAll("[data-live]")) {
  let fresh = 0;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button fresh";
  button.hidden = true;
  button.addEventListener("click", () => location.reload());
  place.before(button);

  const tell = (words) => {
    button.textContent = `${words} · show`;
    if (button.hidden) announce(words);
    button.hidden = false;
  };
  const source = new EventSource("/live");
  for (const kind of place.dataset.live.split(" ")) {
    source.addEventListener(kind, () => {
      fresh += 1;
      tell(fresh === 1 ? "1 change since this page was loaded" : `${fresh} changes since this page was loaded`);
    });
  }
  source.addEventListener("missed", () => tell("Many changes since this page was loaded"));
  addEventListener("pagehide", () => source.close());
}
