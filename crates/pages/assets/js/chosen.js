// Before something is done with the rows that are selected, a dialog says which they are: `[data-chosen="<form id>"]` in it is filled when it
// is opened.
import { visible } from "./marks.js";

const SHOWN = 20;

for (const list of document.querySelectorAll("[data-chosen]")) {
  const dialog = list.closest("dialog");
  const count = dialog?.querySelector("[data-chosen-count]");
  const submit = dialog?.querySelector("button[form]");
  const fill = () => {
    const form = CSS.escape(list.dataset.chosen);
    const picked = [...document.querySelectorAll(`tbody .pick input[form="${form}"]:checked`)];
    if (count) count.textContent = picked.length === 0 ? "Nothing is selected: tick the messages first." : `${picked.length} selected:`;
    if (submit) submit.disabled = picked.length === 0;
    const items = picked.slice(0, SHOWN).map((box) => {
      const item = document.createElement("li");
      item.dir = "auto";
      item.textContent = visible(box.getAttribute("aria-label").replace(/^Select /, ""));
      return item;
    });
    if (picked.length > SHOWN) {
      const more = document.createElement("li");
      more.textContent = `and ${picked.length - SHOWN} more`;
      items.push(more);
    }
    list.replaceChildren(...items);
  };
  for (const button of document.querySelectorAll(`[data-open="${CSS.escape(dialog?.id ?? "")}"]`)) button.addEventListener("click", fill, true);
}
