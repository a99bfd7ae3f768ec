// How htmx talks to our server: the CSRF token on each request, form errors (422) swapped in, a failure said in words.
import { announce, csrf, say } from "./page.js";
import { showMessage } from "./messages.js";

// The server says itself that its database is away, or that somebody asks too often.
const awayWords = (xhr) => ([429, 503].includes(xhr?.status) && xhr.getResponseHeader("Content-Type")?.startsWith("text/plain") ? xhr.responseText : "");

export function startServer(htmx) {
  htmx.config.includeIndicatorStyles = false; // an inline style the content security policy refuses
  htmx.config.allowEval = false;
  htmx.config.historyCacheSize = 0; // pages hold personal data: none stays in the browser's storage
  htmx.config.responseHandling = [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ];
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = csrf(); });
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => showMessage("error", awayWords(event.detail.xhr) || say("swapFailed")));
  }
  keepChosen();
  document.addEventListener("htmx:afterSwap", (event) => {
    const counted = event.detail.target?.querySelector?.("[data-announce]");
    if (counted) announce(counted.dataset.announce || counted.textContent.trim());
    event.detail.target?.querySelector?.("[data-focus]")?.focus();
  });
}

// [data-keep-chosen]: what somebody chose while the answer was on its way stays chosen, where the answer still offers it.
function keepChosen() {
  const chosen = new WeakMap();
  const choices = (part) => (part?.dataset?.keepChosen === undefined ? [] : [...part.querySelectorAll("select[name]")]);
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    chosen.set(target, new Map(choices(target).map((select) => [select.name, select.value])));
  });
  document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    for (const select of choices(target)) {
      const before = chosen.get(target)?.get(select.name);
      if (before && [...select.options].some((option) => option.value === before)) select.value = before;
    }
  });
}
