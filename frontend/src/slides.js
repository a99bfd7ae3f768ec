// The ceremony: arrow keys, space and page keys turn the page; works by the same links as a click.
const NEXT = new Set(["ArrowRight", "ArrowDown", "PageDown", " ", "Enter"]);
const BACK = new Set(["ArrowLeft", "ArrowUp", "PageUp", "Backspace"]);

export function startSlides() {
  const slides = document.querySelector("[data-slides]");
  if (!slides) return;
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("a, button, input")) return;
    const rel = NEXT.has(event.key) ? "next" : BACK.has(event.key) ? "prev" : "";
    const link = rel && slides.querySelector(`a[rel="${rel}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
  const full = slides.querySelector("[data-fullscreen]");
  if (full && document.documentElement.requestFullscreen) {
    full.hidden = false;
    full.addEventListener("click", () => document.documentElement.requestFullscreen());
  }
}
