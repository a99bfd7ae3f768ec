// What the pages that stand open to everybody need: menus, themes, the time left, dialogs. No htmx, no uploads.
import { startChartTables } from "./chart-tables.js";
import { startCopy } from "./copy.js";
import { startCountdown } from "./countdown.js";
import { startDialogs } from "./dialogs.js";
import { startMenus } from "./menus.js";
import { startMessages } from "./messages.js";
import { startTabs } from "./tabs.js";
import { startThemeSwitch } from "./theme-switch.js";

startMenus();
for (const start of [startChartTables, startCopy, startCountdown, startDialogs, startMessages, startTabs, startThemeSwitch]) start(document);
