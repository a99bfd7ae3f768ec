// Builds kechuang/web/static/dist: one style sheet, purged of what no template uses, and one script bundle.
import { context, build } from "esbuild";
import { PurgeCSS } from "purgecss";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildIcons } from "./icons.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}kechuang/web/static/dist`;
const target = ["chrome105", "firefox121", "safari15.4"];

const scripts = {
  entryPoints: { app: `${root}frontend/src/app.js`, theme: `${root}frontend/src/theme.js` },
  outdir: dist, bundle: true, minify: true, target, format: "iife", legalComments: "none", sourcemap: false, logLevel: "warning",
};

// Only pages with a chart load this one; as a module it runs once, however many charts ask for it.
const charts = { ...scripts, entryPoints: { charts: `${root}frontend/src/charts.js` }, format: "esm" };

async function styles() {
  const bundled = await build({ entryPoints: [`${root}frontend/css/app.css`], bundle: true, write: false, minify: true, target, loader: { ".svg": "dataurl" }, legalComments: "none" });
  const [purged] = await new PurgeCSS().purge({
    content: [`${root}kechuang/**/*.html`, `${root}kechuang/**/*.py`, `${root}frontend/src/*.js`],
    css: [{ raw: bundled.outputFiles[0].text }],
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
    safelist: {
      standard: [/^tone-/, /^btn-/, /^gauge-/, /^spine-/, /^stage-/, /^face-/, /^card-/, /^icon-/, /^stat-/, /^is-/, /^chart-/, /^district/, /^htmx-/, /^data-bs-theme/, "dark", "light", "open",
        /^(m|p)[tbsexy]?-\d$/, /^gap-\d$/, /^d-(none|flex|grid|block|inline)/, /^(row|col)(-\w+)?(-\d+)?$/, /^text-(start|end|center|nowrap|truncate)$/, /^(align|justify)-/, /^flex-/, /^w-\d+$/],
      deep: [/webkit/, /moz/],
    },
    variables: false,
  });
  mkdirSync(dist, { recursive: true });
  writeFileSync(`${dist}/app.css`, purged.css);
}

function sizes() {
  return ["app.css", "app.js", "charts.js", "theme.js"].map((name) => `${name} ${Math.round(readFileSync(`${dist}/${name}`).length / 1024)} KB`).join(", ");
}

rmSync(dist, { recursive: true, force: true });
buildIcons();
if (process.argv.includes("--watch")) {
  const watching = await context(scripts);
  await watching.watch();
  await (await context(charts)).watch();
  const css = await context({ entryPoints: [`${root}frontend/css/app.css`], outfile: `${dist}/app.css`, bundle: true, target, loader: { ".svg": "dataurl" } });
  await css.watch(); // unpurged while watching: a class may be used at any time
  console.log("watching frontend/; stop with Ctrl+C");
} else {
  await build(scripts);
  await build(charts);
  await styles();
  console.log(`front end built: ${sizes()}`);
}
