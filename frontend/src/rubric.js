// Scoring by keyboard inside [data-rubric]: arrows move between criteria, 1–9 and 0 set tenths of the points, + and - one step;
// the slider and the number stay the same; [data-rubric-sum] shows the total.
import { each, isTyping, say } from "./page.js";

export function startRubric(part) {
  each(part, "[data-rubric]", "rubric", (rubric) => {
    const criteria = [...rubric.querySelectorAll("[data-criterion]")].map(prepare);
    const sum = rubric.querySelector("[data-rubric-sum]");
    const short = rubric.closest("details")?.querySelector("[data-rubric-total]");
    const show = () => {
      if (!sum) return;
      const total = criteria.reduce((points, { number }) => points + (Number(number.value) || 0), 0);
      const most = criteria.reduce((points, { number }) => points + Number(number.max), 0);
      if (short) short.textContent = Math.round(total * 100) / 100;
      sum.textContent = say("sum", { sum: Math.round(total * 100) / 100, max: most });
    };
    rubric.addEventListener("input", show);
    let current = 0;
    const go = (to) => {
      current = Math.max(0, Math.min(to, criteria.length - 1));
      criteria.forEach(({ box }, n) => box.classList.toggle("is-current", n === current));
      criteria[current].box.scrollIntoView({ block: "nearest" });
    };
    criteria.forEach(({ box }, n) => box.addEventListener("focusin", () => go(n)));
    document.addEventListener("keydown", (event) => {
      if (!rubric.isConnected || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const { number } = criteria[current] ?? {};
      if (!number || number.matches(":disabled")) return; // a sheet that is handed in or closed is only read
      if (event.key === "ArrowDown" || event.key === "n") go(current + 1);
      else if (event.key === "ArrowUp" || event.key === "p") go(current - 1);
      else if (/^[0-9]$/.test(event.key)) { set(number, (Number(event.key === "0" ? 10 : event.key) / 10) * Number(number.max)); go(current + 1); }
      else if (event.key === "+" || event.key === "=") set(number, Number(number.value) + Number(number.step));
      else if (event.key === "-") set(number, Number(number.value) - Number(number.step));
      else return;
      event.preventDefault();
    });
    show();
  });
}

function prepare(box) {
  const number = box.querySelector("input[type=number]");
  const slider = box.querySelector("[data-criterion-range]");
  if (slider) {
    slider.hidden = false;
    slider.addEventListener("input", () => set(number, Number(slider.value)));
    number.addEventListener("input", () => { slider.value = number.value || 0; });
  }
  return { box, number };
}

function set(number, value) {
  const step = Number(number.step) || 1;
  const rounded = Math.round(value / step) * step;
  number.value = Math.max(Number(number.min), Math.min(rounded, Number(number.max)));
  number.dispatchEvent(new Event("input", { bubbles: true }));
}
