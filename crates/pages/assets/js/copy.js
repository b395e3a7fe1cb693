// Buttons that copy a text.
import { announce } from "./toast.js";

/** Copies `text`; true if it is in the clipboard. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain HTTP, beyond the own machine, browsers give no clipboard: the older way is left.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr-only";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-copy]") : null;
  if (!button) return;
  const done = await copy(button.dataset.copy);
  const words = button.querySelector("span");
  const before = words?.textContent;
  announce(done ? "Copied" : "Could not be copied");
  button.classList.toggle("done", done);
  if (!words || button.dataset.told) return;
  button.dataset.told = "1";
  words.textContent = done ? "Copied" : "Not copied";
  setTimeout(() => {
    words.textContent = before;
    button.classList.remove("done");
    delete button.dataset.told;
  }, 1500);
});
