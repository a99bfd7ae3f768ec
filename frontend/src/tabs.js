// Tabs and steps that slide: the one where one is stands in sight.
export function startTabs(part) {
  for (const list of part.querySelectorAll(".tabs ul, .builder-contents ol")) {
    const here = list.querySelector("[aria-current]");
    if (!here || list.scrollWidth <= list.clientWidth) continue;
    const [box, around] = [here.getBoundingClientRect(), list.getBoundingClientRect()];
    list.scrollLeft += box.left + box.width / 2 - (around.left + around.width / 2);
  }
}
