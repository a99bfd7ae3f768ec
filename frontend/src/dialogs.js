// <a href="#id" data-dialog> opens <dialog id>; without a script the same link shows it through :target.
import { each } from "./page.js";

export function startDialogs(part) {
  each(part, "[data-dialog]", "dialog", (opener) => opener.addEventListener("click", (event) => {
    const dialog = document.getElementById(opener.dataset.dialog || opener.getAttribute("href")?.slice(1));
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  }));
  each(part, "dialog", "dialog", (dialog) => {
    dialog.addEventListener("click", (event) => {
      const close = event.target.closest("[data-close-dialog]");
      if (close) event.preventDefault();
      if (close || event.target === dialog) dialog.close();
    });
  });
  each(part, "form:not([data-many-submits])", "once", (form) => {
    // A double click sends once; the button comes back if the browser returns to this page.
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
      form.dataset.sent = "yes";
      addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
      setTimeout(() => delete form.dataset.sent, 8000);
    });
  });
}
