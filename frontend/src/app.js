import htmx from "htmx.org";
import Alpine from "@alpinejs/csp";
import { startAutosave } from "./autosave.js";
import { startChartTables } from "./chart-tables.js";
import { startConditions } from "./conditions.js";
import { startCopy } from "./copy.js";
import { startCounters } from "./counters.js";
import { startCountdown } from "./countdown.js";
import { startDrafts } from "./drafts.js";
import { startDialogs } from "./dialogs.js";
import { startLists } from "./lists.js";
import { startMenus } from "./menus.js";
import { startMessages } from "./messages.js";
import { startResend } from "./resend.js";
import { startRubric } from "./rubric.js";
import { startSheets } from "./sheet.js";
import { startServer } from "./server.js";
import { startSlides } from "./slides.js";
import { startThemeSwitch } from "./theme-switch.js";
import { startUploads } from "./uploads.js";

window.htmx = htmx;
window.Alpine = Alpine;
startServer(htmx);

// Each start function takes the part of the page that is new: the whole document first, then whatever htmx brings.
const starters = [
  startAutosave, startChartTables, startConditions, startCopy, startCounters, startCountdown, startDialogs, startLists, startMessages, startResend, startSheets, startRubric, startThemeSwitch,
  startUploads,
];
const start = (part) => starters.forEach((starter) => starter(part));

startMenus();
startSlides();
startDrafts();
start(document);
Alpine.start();
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) start(event.detail.elt);
});
