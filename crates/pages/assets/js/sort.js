// Sorting of what is on the page: tables with `data-sortable`, whose headings become buttons. Headings with a link sort by that.
import { announce } from "./toast.js";

const text = (row, at) => (row.cells[at]?.dataset.value ?? row.cells[at]?.textContent ?? "").trim();
const number = (words) => (/^-?[\d,]*\.?\d+(e[+-]?\d+)?$/i.test(words) ? Number(words.replaceAll(",", "")) : Number.NaN);
const letters = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Numbers by size, everything else by its letters; what is empty comes last either way. */
function compare(left, right, by) {
  const empty = (words) => words === "" || words === "–";
  if (empty(left) || empty(right)) return Number(empty(left)) - Number(empty(right));
  const [a, b] = [number(left), number(right)];
  return by * (Number.isNaN(a) || Number.isNaN(b) ? letters.compare(left, right) : a - b);
}

for (const table of document.querySelectorAll("table[data-sortable]")) {
  const heads = [...table.tHead.rows[0].cells];
  for (const [at, head] of heads.entries()) {
    if (!head.dataset.column || head.querySelector("a")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const body = table.tBodies[0];
      const by = order === "ascending" ? 1 : -1;
      const keyed = [...body.rows].map((row) => [text(row, at), row]);
      keyed.sort(([left], [right]) => compare(left, right, by));
      body.append(...keyed.map(([, row]) => row));
      announce(`Sorted by ${button.textContent}, ${order}`);
    });
  }
}
