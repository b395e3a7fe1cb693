// What every page does. A module that a page alone needs is named by the page.
import "./columns.js";
import "./copy.js";
import "./jobs.js";
import "./keyboard.js";
import "./live.js";
import "./moment.js";
import "./password.js";
import "./select.js";
import "./sort.js";
import { toast } from "./toast.js";

// Narrow screens: the navigation is opened by a button.
for (const button of document.querySelectorAll("[data-toggle-nav]")) {
  button.addEventListener("click", () => {
    const open = document.body.classList.toggle("nav-open");
    button.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector("#navigation a")?.focus();
  });
}

for (const button of document.querySelectorAll("[data-reload]")) {
  button.addEventListener("click", () => location.reload());
}

for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => {
    const dialog = document.getElementById(button.dataset.open);
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  });
}

// A choice that needs no button: the form of a select with `data-submit` is sent when it changes.
for (const field of document.querySelectorAll("[data-submit]")) {
  field.addEventListener("change", () => field.form?.requestSubmit());
}

// Of parts that do not fit beside each other the one that is shown is in sight.
for (const link of document.querySelectorAll(".tabs [aria-current]")) {
  const row = link.closest(".tabs");
  row.scrollLeft += link.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - link.offsetWidth) / 2;
}

// What a change has done, said once: it is taken out of the address, so that neither a link nor a reload says it again.
const address = new URL(location.href);
const said = address.searchParams.get("said");
if (said !== null) {
  address.searchParams.delete("said");
  history.replaceState(history.state, "", address);
  toast(said);
}
