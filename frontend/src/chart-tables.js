// A chart's table stands open until scripts run, and waits behind one click after that.
import { each } from "./page.js";

export function startChartTables(part) {
  each(part, "[data-chart-table]", "table", (table) => {
    table.open = false;
    table.classList.add("is-ready");
  });
}
