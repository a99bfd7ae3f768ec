// Conditional questions: [data-show-if="name=value"] (several values by |) shows when the named answer is one of them;
// "name" alone shows when it is answered. What is hidden is disabled, so it is neither required nor sent.
import { each } from "./page.js";

function isMet(form, condition) {
  const [name, wanted] = condition.split("=");
  const given = new FormData(form).getAll(name).filter((value) => value !== "");
  if (wanted === undefined) return given.length > 0;
  return wanted.split("|").some((value) => given.includes(value));
}

export function startConditions(part) {
  each(part, "[data-show-if]", "condition", (box) => {
    const form = box.closest("form");
    if (!form) return;
    const show = () => {
      const met = isMet(form, box.dataset.showIf);
      box.hidden = !met;
      box.querySelectorAll("input, select, textarea").forEach((field) => { field.disabled = !met; });
    };
    form.addEventListener("input", show);
    form.addEventListener("change", show);
    show();
  });
}
