// Draws every [data-chart=ID] from the JSON of that id. Loaded only by pages that have a chart.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { each } from "./page.js";

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const still = matchMedia("(prefers-reduced-motion: reduce)");
const drawn = new Map();

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (role) => style.getPropertyValue(`--${role}`).trim();
  const dark = document.documentElement.dataset.bsTheme === "dark";
  return {
    ink: of("ink"), text: of("text"), muted: of("muted"), line: of("line"), surface: of("surface"), accent: of("accent"), danger: of("danger"), primary: of("primary"),
    dark, series: [of("primary"), dark ? "#4d6f9f" : "#a9c8ef", of("accent"), of("success"), of("info")],
    steps: dark ? ["#a3c9fb", "#8bbcf8", "#74a6ea", "#3f6ca8", "#345c92", "#284977"] : ["#a9c8ef", "#8db8ea", "#6ea3e2", "#3470c8", "#1d5fbf", "#174e9e"],
  };
}

const words = (value) => (typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 2 }) : "–");

function base(facts, look) {
  return {
    animation: !still.matches, animationDuration: 350,
    textStyle: { color: look.text, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13 },
    color: facts.series.length === 2 ? [look.series[1], look.series[0]] : look.series, // of two, the newer stands out
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: look.surface, borderColor: look.line, textStyle: { color: look.ink, fontSize: 13 },
      formatter: (point) => tipOf(facts, Array.isArray(point) ? point : [point]),
    },
  };
}

function tipOf(facts, points) {
  const place = points[0].dataIndex;
  const lines = facts.series.map((one) => {
    const interval = one.lows.length ? `（${words(one.lows[place])}–${words(one.highs[place])}）` : "";
    return `${one.name}  ${words(one.values[place])}${facts.unit && ` ${facts.unit}`}${interval}`;
  });
  return [facts.labels[place], ...lines].join("\n");
}

function axes(look) {
  const label = { color: look.muted, fontSize: 12, hideOverlap: true };
  return {
    category: { type: "category", axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } }, axisLabel: label },
    value: { type: "value", splitLine: { lineStyle: { color: look.line } }, axisLabel: { ...label, formatter: (n) => n.toLocaleString("en-US") } },
  };
}

function legend(facts, look) {
  return facts.series.length > 1 ? { legend: { top: 0, left: 0, itemWidth: 18, itemHeight: 10, textStyle: { color: look.text } } } : {};
}

function markOf(facts, look, upright) {
  const lines = [];
  const label = { formatter: "{b}", color: look.ink, fontSize: 12, position: "insideEndTop" };
  if (facts.mark && facts.labels.includes(facts.mark[0])) lines.push({ name: facts.mark[1], xAxis: facts.mark[0], label: { ...label, position: "insideEndTop", rotate: 0, align: "right" } });
  if (facts.line) lines.push({ name: facts.line[1], [upright ? "xAxis" : "yAxis"]: facts.line[0], label: upright ? { ...label, position: "start", rotate: 0 } : label });
  return lines.length ? { markLine: { symbol: "none", silent: true, animation: false, lineStyle: { color: look.danger, type: "dashed", width: 1.5 }, data: lines } } : {};
}

function bar(facts, look) {
  const axis = axes(look);
  return {
    grid: { left: 4, right: 8, top: facts.series.length > 1 ? 36 : 16, bottom: 4, containLabel: true },
    xAxis: { ...axis.category, data: facts.labels }, yAxis: axis.value, ...legend(facts, look),
    series: facts.series.map((one, n) => ({ type: "bar", name: one.name, data: one.values, barMaxWidth: 34, itemStyle: { borderRadius: [4, 4, 0, 0] }, ...(n ? {} : markOf(facts, look)) })),
  };
}

function line(facts, look) {
  const axis = axes(look);
  const spark = facts.kind === "spark";
  const quiet = spark ? { axisLabel: { show: false }, splitLine: { show: false }, axisLine: { show: false } } : {};
  return {
    grid: spark ? { left: 2, right: 2, top: 8, bottom: 4 } : { left: 4, right: 16, top: facts.series.length > 1 ? 36 : 16, bottom: 4, containLabel: true },
    xAxis: { ...axis.category, ...quiet, boundaryGap: false, data: facts.labels }, yAxis: { ...axis.value, ...quiet }, ...(spark ? {} : legend(facts, look)),
    tooltip: { ...base(facts, look).tooltip, trigger: "axis" },
    series: facts.series.map((one, n) => ({
      type: "line", name: one.name, data: one.values, showSymbol: facts.labels.length < 15 && !spark, symbolSize: 6, lineStyle: { width: 2 },
      areaStyle: facts.series.length === 1 ? { opacity: 0.12 } : undefined, ...(n ? {} : markOf(facts, look)),
    })),
  };
}

// One row per label: a dot at the value, a bar over its interval.
function dots(facts, look) {
  const axis = axes(look);
  const one = facts.series[0];
  const spread = (params, api) => {
    const [from, to] = [api.coord([api.value(0), params.dataIndex]), api.coord([api.value(1), params.dataIndex])];
    return { type: "rect", shape: { x: from[0], y: from[1] - 3, width: Math.max(to[0] - from[0], 1), height: 6, r: 3 }, style: { fill: look.primary, opacity: 0.28 } };
  };
  const ends = one.lows.length ? one.lows.map((low, n) => [low ?? one.values[n], one.highs[n] ?? one.values[n]]) : [];
  const all = [...one.values, ...one.lows, ...one.highs, ...(facts.line ? [facts.line[0]] : [])].filter((n) => typeof n === "number");
  const room = (Math.max(...all) - Math.min(...all)) * 0.06 || 1;
  const round = (n) => Math.round(n * 100) / 100;
  return {
    grid: { left: 4, right: 16, top: facts.line ? 26 : 8, bottom: 4, containLabel: true },
    xAxis: { ...axis.value, min: round(Math.min(...all) - room), max: round(Math.max(...all) + room), axisLabel: { ...axis.value.axisLabel, showMinLabel: false, showMaxLabel: false, formatter: (n) => String(Math.round(n * 10) / 10) } },
    yAxis: { ...axis.category, inverse: true, data: facts.labels, axisLabel: { ...axis.category.axisLabel, width: 150, overflow: "truncate" } },
    series: [
      ...(ends.length ? [{ type: "custom", renderItem: spread, data: ends, encode: { x: [0, 1] }, z: 1 }] : []),
      { type: "scatter", name: one.name, data: one.values.map((value, n) => [value, n]), symbolSize: 11, z: 3, itemStyle: { color: look.primary }, ...markOf({ ...facts, mark: null }, look, true) },
    ],
  };
}

const KINDS = { bar, line, spark: line, dots };

function draw(place) {
  const facts = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const look = colours();
  drawn.get(place)?.dispose();
  const chart = init(place, null, { renderer: "svg" });
  chart.setOption({ ...base(facts, look), ...KINDS[facts.kind](facts, look) });
  if (facts.links.length) chart.on("click", (point) => { if (facts.links[point.dataIndex]) location.assign(facts.links[point.dataIndex]); });
  drawn.set(place, chart);
}

function start(part) {
  each(part, "[data-chart]", "chart", (place) => {
    // Rows of dots need their height; the script sets it before it draws.
    const facts = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    if (facts.kind === "dots") place.style.height = `${Math.max(120, 40 + 26 * facts.labels.length)}px`;
    new ResizeObserver(() => (drawn.has(place) ? drawn.get(place).resize() : place.clientWidth && draw(place))).observe(place);
  });
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
new MutationObserver(() => [...drawn.keys()].forEach((place) => (place.isConnected ? draw(place) : (drawn.get(place).dispose(), drawn.delete(place))))).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
