// Rows that are selected: the box in the head selects all, a bar `[data-bulk="<form id>"]` is there while something is selected and says how
// much, and a click with the shift key held selects what lies between.
import { announce } from "./toast.js";

for (const all of document.querySelectorAll("input[data-select-all]")) {
  const table = all.closest("table");
  const boxes = () => [...table.querySelectorAll("tbody .pick input")];
  const form = boxes()[0]?.getAttribute("form");
  let last = -1;

  const tell = () => {
    const picked = boxes().filter((box) => box.checked).length;
    all.checked = picked > 0 && picked === boxes().length;
    all.indeterminate = picked > 0 && !all.checked;
    for (const bar of document.querySelectorAll(`[data-bulk="${CSS.escape(form ?? "")}"]`)) {
      bar.classList.toggle("any", picked > 0);
      const count = bar.querySelector("[data-count]");
      if (count) count.textContent = `${picked} selected`;
    }
    return picked;
  };

  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    announce(`${tell()} selected`);
  });
  table.addEventListener("click", (event) => {
    const at = boxes().indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last >= 0) {
      for (const box of boxes().slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = event.target.checked;
    }
    last = at;
    tell();
  });
  // A page that is come back to has its boxes still ticked.
  tell();
}
