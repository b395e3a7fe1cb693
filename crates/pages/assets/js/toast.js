// Passing notes, shown in the corner and read out; and words that are only read out.
import { visible } from "./marks.js";

/** Reads `words` out. */
export function announce(words) {
  const region = document.getElementById("announce");
  if (!region) return;
  region.textContent = "";
  // A region that changes twice in one turn may be read once: the empty text has to be seen first.
  requestAnimationFrame(() => {
    region.textContent = words;
  });
}

/** Shows `words` for a while and reads them out. `tone` is "good", "bad" or nothing. Bad ones stay until they are closed. */
export function toast(words, tone = "") {
  const place = document.getElementById("toasts");
  if (!place) return;
  const note = document.createElement("div");
  note.className = tone ? `toast ${tone}` : "toast";
  const text = document.createElement("p");
  text.dir = "auto";
  text.textContent = visible(words);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  close.addEventListener("click", () => note.remove());
  note.append(text, close);
  place.append(note);
  announce(words);
  if (tone !== "bad") {
    let timer = setTimeout(() => note.remove(), 6000);
    // What is pointed at or focused does not go away while it is read (WCAG 2.2.1).
    for (const kind of ["pointerenter", "focusin"]) note.addEventListener(kind, () => clearTimeout(timer));
    for (const kind of ["pointerleave", "focusout"]) {
      note.addEventListener(kind, () => {
        timer = setTimeout(() => note.remove(), 3000);
      });
    }
  }
}
