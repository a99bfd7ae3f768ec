// What every module needs: find elements in a new part of the page once, say a sentence, know the CSRF token.
const started = new WeakMap();

export function each(part, selector, name, setUp) {
  const found = [...part.querySelectorAll(selector)];
  if (part.matches?.(selector)) found.unshift(part);
  for (const element of found) {
    const names = started.get(element) ?? new Set();
    if (names.has(name)) continue;
    started.set(element, names.add(name));
    setUp(element);
  }
}

// Each starter takes the part of the page that is new: the whole document first, then whatever htmx brings.
export function onEachPart(...starters) {
  const start = (part) => starters.forEach((starter) => starter(part));
  start(document);
  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) start(event.detail.elt); });
}

export function say(key, values = {}) {
  const sentence = document.getElementById("words")?.dataset[key] ?? "";
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function announce(sentence) {
  const region = document.getElementById("announce");
  if (region) region.textContent = sentence;
}

export const csrf = () => document.body.dataset.csrf ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

export const isTyping = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog[open]") != null;

export function sizeInWords(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let place = 0;
  while (bytes >= 1024 && place < 3) { bytes /= 1024; place += 1; }
  return `${bytes.toFixed(place ? 1 : 0).replace(".0", "")} ${units[place]}`;
}
