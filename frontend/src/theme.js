// Runs before the first paint, so that a dark page never flashes white.
const root = document.documentElement;
if (root.dataset.bsTheme === "auto") {
  root.dataset.bsTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
root.classList.add("has-script");
