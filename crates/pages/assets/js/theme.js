// Sets the theme before anything is painted: the one script a browser waits for. A classic script, not a module.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const kept = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // Storage is switched off: the system's choice holds.
    }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  apply(kept());
  // Another window of the console has changed it.
  addEventListener("storage", (event) => {
    if (event.key === "theme") apply(event.newValue);
  });
  addEventListener("DOMContentLoaded", () => {
    for (const field of document.querySelectorAll("[data-theme-switch] input")) {
      field.checked = field.value === (kept() ?? "system");
      field.addEventListener("change", () => {
        apply(field.value);
        try {
          localStorage.setItem("theme", field.value);
        } catch {
          // It holds for this page.
        }
      });
    }
  });
})();
