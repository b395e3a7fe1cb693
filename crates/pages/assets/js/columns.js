// Choice of columns: which are shown is kept in this browser for each table.

const kept = (key) => {
  try {
    return JSON.parse(localStorage.getItem(`columns:${key}`) ?? "null");
  } catch {
    return null; // Storage is off, or holds something else.
  }
};

const keep = (key, shown) => {
  try {
    if (shown) localStorage.setItem(`columns:${key}`, JSON.stringify(shown));
    else localStorage.removeItem(`columns:${key}`);
  } catch {
    // It holds for this page.
  }
};

/** Shows the columns whose boxes are ticked. */
function apply(table, boxes) {
  const out = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
  for (const cell of table.querySelectorAll("[data-column]")) cell.classList.toggle("out", out.has(cell.dataset.column));
}

for (const menu of document.querySelectorAll("[data-columns]")) {
  const key = menu.dataset.columns;
  const table = document.getElementById(key);
  const boxes = [...menu.querySelectorAll("input")];
  if (!table) continue;
  const choice = kept(key);
  if (Array.isArray(choice)) for (const box of boxes) box.checked = choice.includes(box.value);
  apply(table, boxes);
  menu.addEventListener("change", (event) => {
    // A table without columns shows nothing: the last one stays.
    if (!boxes.some((box) => box.checked)) event.target.checked = true;
    const usual = boxes.every((box) => box.checked === box.hasAttribute("data-default"));
    keep(key, usual ? null : boxes.filter((box) => box.checked).map((box) => box.value));
    apply(table, boxes);
  });
}
