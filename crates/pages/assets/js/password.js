// Fields of passwords: what is typed can be shown, and of one that is chosen it is told how long it is. Length is what counts; what is common is
// refused by the server, which says so.
import { announce } from "./toast.js";

const PAUSE = 700; // Milliseconds after a key before the words are read out.
// From how many characters on a password is called so; the first step is what the server demands.
const STEPS = [[0, "Long enough"], [4, "Good"], [8, "Strong"]];

/** What is said of a password: a value of 0 to 4, and words. Characters are counted as the server counts them. */
export function strength(password, least) {
  const length = [...password].length;
  if (length < least) return [1, `${least - length} more character${least - length === 1 ? "" : "s"}`];
  const step = STEPS.findLastIndex(([more]) => length >= least + more);
  return [step + 2, `${STEPS[step][1]}: ${length} characters`];
}

for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.firstChild.textContent = shown ? "Hide" : "Show";
  };
  button.addEventListener("click", () => {
    show(field.type === "password");
    field.focus();
  });
  // What is sent is a password again, so that browsers keep it as one, and a page that is come back to does not show it.
  field.form?.addEventListener("submit", () => show(false));
  addEventListener("pagehide", () => show(false));
}

for (const place of document.querySelectorAll("[data-strength]")) {
  const field = document.getElementById(place.dataset.strength);
  const [meter, words] = [place.querySelector("meter"), place.querySelector("span")];
  let timer = 0;
  const tell = () => {
    place.hidden = field.value === "";
    [meter.value, words.textContent] = strength(field.value, Number(place.dataset.least));
    clearTimeout(timer);
    if (field.value) timer = setTimeout(() => announce(words.textContent), PAUSE);
  };
  field.addEventListener("input", tell);
}
