// Lists by keyboard: j/k move, x or space selects, Enter opens, a selects the page, Shift+A all that the filter finds, b goes to the
// bulk bar, ? shows the keys; the bar appears with the first selection. A button with data-needs="2-4" waits for as many rows.
import { announce, each, isTyping, say } from "./page.js";

export function startLists(part) {
  each(part, "[data-selectable]", "selectable", startSelection);
  each(part, "[data-keyboard-list]", "keyboard", startKeyboard);
  each(part, "[data-key]", "key", startKey);
}

const boxesOf = (area) => [...area.querySelectorAll("tbody input[type=checkbox], [data-row] input[type=checkbox]")];

function startSelection(area) {
  const bar = area.querySelector("[data-bulk-bar]");
  const all = area.querySelector("[data-select-all]");
  const whole = area.querySelector("[data-select-filter]");
  const show = () => {
    const boxes = boxesOf(area);
    const chosen = boxes.filter((box) => box.checked).length;
    if (bar) bar.hidden = chosen === 0 && !whole?.checked;
    bar?.classList.toggle("is-afloat", !bar.hidden); // in reach wherever one is in a long list
    area.querySelectorAll("[data-needs]").forEach((button) => {
      const [least, most] = button.dataset.needs.split("-").map(Number);
      button.disabled = chosen < least || chosen > most || Boolean(whole?.checked);
    });
    area.querySelectorAll("[data-selected-count]").forEach((place) => { place.textContent = say("selected", { n: chosen }); });
    if (all) { all.checked = chosen > 0 && chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
    if (chosen) announce(say("selected", { n: chosen }));
  };
  all?.addEventListener("change", () => { boxesOf(area).forEach((box) => { box.checked = all.checked; }); show(); });
  whole?.addEventListener("change", () => { if (whole.checked) boxesOf(area).forEach((box) => { box.checked = true; }); show(); });
  let last = null;
  area.addEventListener("click", (event) => {
    if (!event.target.matches("tbody input[type=checkbox], [data-row] input[type=checkbox]")) return;
    if (whole && !event.target.checked) whole.checked = false; // one row taken out: no longer the whole filter
    const boxes = boxesOf(area);
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
    }
    last = event.target;
    show();
  });
  area.addEventListener("kit:select", show);
  show();
}

function startKeyboard(list) {
  let place = -1;
  const area = list.closest("[data-selectable]") ?? list;
  const whole = () => area.querySelector("[data-select-filter]");
  const rows = () => [...list.querySelectorAll("tbody > tr, [data-row]")];
  const go = (to) => {
    const all = rows();
    if (!all.length) return;
    place = Math.max(0, Math.min(to, all.length - 1));
    all.forEach((row, n) => row.classList.toggle("is-current", n === place));
    all[place].scrollIntoView({ block: "nearest" });
    (all[place].querySelector("a") ?? all[place]).focus({ preventScroll: true });
  };
  const toggle = (boxes, value) => {
    boxes.forEach((box) => { box.checked = value ?? !box.checked; });
    if (whole() && boxes.some((box) => !box.checked)) whole().checked = false;
    list.dispatchEvent(new CustomEvent("kit:select", { bubbles: true }));
  };
  document.addEventListener("keydown", (event) => {
    if (!list.isConnected || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const row = rows()[place];
    const box = row?.querySelector("input[type=checkbox]");
    if (event.key === "j") go(place + 1);
    else if (event.key === "k") go(place - 1);
    else if (event.key === "x" && box) toggle([box]);
    else if (event.key === " " && box && !event.target.matches("button, input, summary")) toggle([box]);
    else if (event.key === "A" && whole()) whole().click();
    else if (event.key === "b" && area.querySelector("[data-bulk-bar]:not([hidden])")) area.querySelector("[data-bulk-bar] button:not(:disabled)")?.focus();
    else if (event.key === "a") { const boxes = boxesOf(list); toggle(boxes, boxes.some((other) => !other.checked)); }
    else if (event.key === "o" || (event.key === "Enter" && row && event.target === document.body)) row?.querySelector(".strong a, a")?.click();
    else return;
    event.preventDefault();
  });
}

// data-key="j" on a link or button: the key presses it, wherever one stands on the page.
function startKey(target) {
  document.addEventListener("keydown", (event) => {
    if (!target.isConnected || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key !== target.dataset.key) return;
    event.preventDefault();
    target.click();
  });
}
