// Builds kechuang/web/static/dist: a style sheet and a script for signed-in pages, small ones for public pages, and modules that only some pages load; purged of what no template uses.
import { context, build } from "esbuild";
import { PurgeCSS } from "purgecss";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildIcons } from "./icons.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}kechuang/web/static/dist`;
const target = ["chrome105", "firefox121", "safari15.4"];

const scripts = {
  entryPoints: { app: `${root}frontend/src/app.js`, public: `${root}frontend/src/public.js`, theme: `${root}frontend/src/theme.js` },
  outdir: dist, bundle: true, minify: true, target, format: "iife", legalComments: "none", sourcemap: false, logLevel: "warning",
};

// Loaded only by the pages that need them: charts, uploads, forms that save as one types, score sheets. As a module each runs once,
// however many parts of a page ask for it.
const PARTS = ["charts", "uploads", "entry", "score"];
const modules = { ...scripts, entryPoints: Object.fromEntries(PARTS.map((name) => [name, `${root}frontend/src/${name}.js`])), format: "esm" };

// What each style sheet may be used by: a rule that none of these words meets is left out of it.
const web = `${root}kechuang/web`;
const sheets = {
  app: { entry: "app.css", content: [`${root}kechuang/**/templates/**/*.html`, `${web}/**/*.py`, `${root}frontend/src/*.js`] },
  public: {
    entry: "public-pages.css",
    content: [
      ...["base", "components/*", "layouts/form", "layouts/paper", "public/*"].map((name) => `${web}/templates/${name}.html`), `${web}/templatetags/_fields.py`,
      ...["public", "menus", "messages", "theme-switch", "dialogs", "copy", "chart-tables"].map((name) => `${root}frontend/src/${name}.js`),
    ],
  },
};

// The widget in other people's pages: nothing of the library, only what its one template uses.
sheets.embed = { entry: "embed.css", content: [`${web}/templates/public/embed.html`] };

const words = (text) => text.match(/[\w-]+/g) ?? [];
const tones = "(muted|info|primary|success|warning|danger)";
// The classes that templates put together from an attribute's value; the app's pages may also use Tabler's own.
const built = [/^is-/, /^page-/, /^spine-/, /^stage-/, /^face-/, /^chart-/, /^district/, /^data-bs-theme/, /^data-print/, /^(icon|face|chart)-(small|medium|large)$/, "dark", "light", "large", "open", "has-script"];
const safe = {
  embed: [],
  app: [...built, /^(tone|btn|gauge|card|icon|stat|htmx)-/, /^(m|p)[tbsexy]?-\d$/, /^gap-\d$/, /^d-(none|flex|grid|block|inline)/, /^(row|col)(-\w+)?(-\d+)?$/, /^text-(start|end|center|nowrap|truncate)$/, /^(align|justify)-/, /^flex-/, /^w-\d+$/],
  public: [...built, new RegExp(`^(tone|gauge|card|stat)-${tones}$`), /^btn-(primary|plain|danger|ghost|link|small|large|wide)$/, "visually-hidden", "invalid-feedback", "form-control", "form-select", "form-check", "is-invalid",
    ...["input", "select", "option", "textarea", "fieldset", "legend", "b", "mark", "progress"]],
};
// In a template a word counts only where a class, a tag or an attribute stands; the app's sheet takes every word of every file.
const extractors = {
  embed: words,
  app: words,
  public: (text) => [...(text.match(/(?<=class(?:Name)?=")[^"]*|<[a-z][\w-]*|\s[\w-]+(?==")/g) ?? [text.match(/(?<=["'`])[^"'`\n]*(?=["'`])/g) ?? []].flat()).flatMap((found) => words(String(found)))],
};

// The Chinese web font in its hundred slices, of which a browser fetches what a page needs; only where WEB_FONT asks for it.
const font = { entryPoints: { font: `${root}frontend/css/font.css` }, outdir: dist, bundle: true, minify: true, target, loader: { ".woff2": "file" }, assetNames: "font/[name]", legalComments: "none" };

async function styles() {
  mkdirSync(dist, { recursive: true });
  await build(font);
  for (const [name, { entry, content }] of Object.entries(sheets)) {
    const bundled = await build({ entryPoints: [`${root}frontend/css/${entry}`], bundle: true, write: false, minify: true, target, loader: { ".svg": "dataurl" }, legalComments: "none" });
    const [purged] = await new PurgeCSS().purge({
      content, css: [{ raw: bundled.outputFiles[0].text }],
      defaultExtractor: extractors[name],
      safelist: { standard: safe[name], deep: [/webkit/, /moz/] },
      variables: true,
    });
    writeFileSync(`${dist}/${name}.css`, purged.css);
  }
}

function sizes() {
  return ["app.css", "app.js", "public.css", "embed.css", "public.js", "theme.js", ...PARTS.map((name) => `${name}.js`)].map((name) => `${name} ${Math.round(readFileSync(`${dist}/${name}`).length / 1024)} KB`).join(", ");
}

rmSync(dist, { recursive: true, force: true });
buildIcons();
if (process.argv.includes("--watch")) {
  const watching = await context(scripts);
  await watching.watch();
  await (await context(modules)).watch();
  const css = await context({ entryPoints: { app: `${root}frontend/css/app.css`, public: `${root}frontend/css/public-pages.css`, embed: `${root}frontend/css/embed.css` }, outdir: dist, bundle: true, target, loader: { ".svg": "dataurl" } });
  await css.watch(); // unpurged while watching: a class may be used at any time
  console.log("watching frontend/; stop with Ctrl+C");
} else {
  await build(scripts);
  await build(modules);
  await styles();
  console.log(`front end built: ${sizes()}`);
}
