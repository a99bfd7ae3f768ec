// Copies the icons named in icons.txt out of @tabler/icons into one JSON file that Python reads, so that pages carry only these.
import { readFileSync, writeFileSync } from "node:fs";

export function buildIcons() {
  const here = new URL(".", import.meta.url);
  const names = readFileSync(new URL("icons.txt", here), "utf8").split(/\s+/).filter(Boolean).sort();
  const icons = {};
  for (const name of names) {
    const svg = readFileSync(new URL(`../node_modules/@tabler/icons/icons/outline/${name}.svg`, here), "utf8");
    icons[name] = svg
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "")
      .replace(/\s*\n\s*/g, "")
      .trim();
  }
  writeFileSync(new URL("../kechuang/web/templatetags/icons.json", here), JSON.stringify(icons, null, 0).replaceAll('","', '",\n"') + "\n");
  return names.length;
}

if (process.argv[1].endsWith("icons.mjs")) console.log(`${buildIcons()} icons written`);
