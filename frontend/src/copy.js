// [data-copy="text"] copies; the button shows itself only where a script can do it.
import { announce, each, say } from "./page.js";

export function startCopy(part) {
  each(part, "[data-copy]", "copy", (button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const label = button.querySelector("[data-copy-label]") ?? button;
    const usual = label.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = say("copied");
      announce(say("copied"));
      setTimeout(() => { label.textContent = usual; }, 2000);
    });
  });
}
