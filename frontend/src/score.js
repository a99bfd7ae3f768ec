// Only the expert's desk and score sheet load this one.
import { onEachPart } from "./page.js";
import { startRubric } from "./rubric.js";
import { startSheets } from "./sheet.js";

onEachPart(startSheets, startRubric);
