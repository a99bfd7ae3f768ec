// Light or dark, kept in a cookie so that the server draws the page in it.
import { each } from "./page.js";

export function startThemeSwitch(part) {
  each(part, "[data-theme-switch]", "theme", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
      document.documentElement.dataset.bsTheme = next;
      document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
    });
  });
}
