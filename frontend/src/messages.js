// Messages can be put away; a success goes by itself, a problem stays.
import { each } from "./page.js";

const SECONDS = 8;

export function startMessages(part) {
  each(part, "[data-dismiss]", "dismiss", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => button.closest(".notice").remove());
  });
  each(part, "[data-toast=success]", "toast", (notice) => {
    setTimeout(() => { if (!notice.matches(":hover, :focus-within")) notice.remove(); }, SECONDS * 1000);
  });
  each(part, ".error-summary[data-focus]", "focus", (summary) => summary.focus());
}

export function showMessage(level, sentence) {
  const region = document.getElementById("messages");
  if (!region || !sentence) return;
  const notice = document.createElement("div");
  notice.className = `notice ${level === "error" ? "tone-danger" : "tone-info"}`;
  const words = document.createElement("div");
  words.className = "notice-words";
  words.textContent = sentence;
  notice.append(words);
  region.replaceChildren(...[...region.children].filter((other) => other.textContent.trim() !== sentence), notice);
}
