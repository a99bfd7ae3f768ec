// The list of sections beside a long form: marks where one is and what the server refused; on a phone it folds into one line.
import { each, say } from "./page.js";

export function startFormNav(part) {
  each(part, "[data-form-nav]", "form-nav", (nav) => {
    const open = nav.querySelector("[data-form-nav-open]");
    const now = nav.querySelector("[data-form-nav-now]");
    const links = () => [...nav.querySelectorAll("a[href^='#']")];
    const sectionOf = (link) => document.getElementById(link.hash.slice(1));
    const toggle = (isOpen) => { nav.classList.toggle("is-open", isOpen); open.setAttribute("aria-expanded", String(isOpen)); };
    const mark = () => {
      const edge = innerHeight / 3;
      const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
      const passed = links().filter((link) => sectionOf(link)?.getBoundingClientRect().top < edge);
      const current = isAtEnd ? links().at(-1) : passed.at(-1) ?? links()[0];
      links().forEach((link, n) => {
        if (link !== current) return link.removeAttribute("aria-current");
        link.setAttribute("aria-current", "step");
        now.textContent = `${n + 1} · ${link.querySelector(".form-nav-name").textContent}`;
      });
    };
    const blame = () => links().forEach((link) => {
      const wrong = sectionOf(link)?.querySelectorAll(".field-invalid").length ?? 0;
      link.classList.toggle("is-wrong", wrong > 0);
      if (wrong) link.querySelector("[data-form-nav-note]").textContent = say("navWrong", { n: wrong });
    });
    open.hidden = false;
    open.addEventListener("click", () => toggle(!nav.classList.contains("is-open")));
    nav.addEventListener("click", (event) => { if (event.target.closest("a")) toggle(false); });
    nav.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !nav.classList.contains("is-open")) return;
      toggle(false);
      open.focus();
    });
    let waits = false;
    addEventListener("scroll", () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => { waits = false; mark(); });
    }, { passive: true });
    for (const news of ["kit:saved", "htmx:oobAfterSwap"]) document.addEventListener(news, () => { mark(); blame(); });
    mark();
    blame();
  });
}
