// [data-counter=FIELD-ID] says how much of data-max is written; characters count as the server counts them (code points).
import { each } from "./page.js";

export function startCounters(part) {
  each(part, "[data-counter]", "counter", (place) => {
    const field = document.getElementById(place.dataset.counter);
    const now = place.querySelector("[data-counter-now]");
    if (!field || !now) return;
    const show = () => {
      const length = [...field.value].length;
      now.textContent = length;
      place.classList.toggle("is-over", length > Number(place.dataset.max));
    };
    field.addEventListener("input", show);
    show();
  });
}
