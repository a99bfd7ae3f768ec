// Only forms that save as one types load this one.
import { startAutosave } from "./autosave.js";
import { startFormNav } from "./form-nav.js";
import { onEachPart } from "./page.js";

onEachPart(startAutosave, startFormNav);
