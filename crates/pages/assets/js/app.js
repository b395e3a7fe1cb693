// What every page does. A module that a page alone needs is named by the page.
import "./keyboard.js";
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

// What a change has done, said once: it is taken out of the address, so that neither a link nor a reload says it again.
const address = new URL(location.href);
const said = address.searchParams.get("said");
if (said !== null) {
  address.searchParams.delete("said");
  history.replaceState(history.state, "", address);
  toast(said);
}
