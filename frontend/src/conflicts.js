// Someone else wrote the same field: both texts stand beside it, and the writer chooses. Nothing is overwritten before.
import { say } from "./page.js";

export function showConflict(box, { theirs, words }, choose) {
  clearConflict(box);
  const part = document.createElement("div");
  part.className = "field-conflict";
  part.dataset.conflict = "";
  part.setAttribute("role", "group");
  const title = Object.assign(document.createElement("strong"), { textContent: say("conflictHere") });
  const text = Object.assign(document.createElement("p"), { className: "keep-lines", textContent: words || say("conflictEmpty") });
  const keep = button(say("conflictMine"), () => choose("mine"));
  const take = button(say("conflictTheirs"), () => choose("theirs", theirs));
  part.append(title, text, keep, take);
  box.append(part);
}

export function clearConflict(box) {
  box.querySelector("[data-conflict]")?.remove();
}

// A linked list above the form: how many fields wait for a choice, and where.
export function listConflicts(form, names, fieldOf) {
  form.querySelector("[data-conflicts]")?.remove();
  if (!names.length) return;
  const notice = document.createElement("div");
  notice.className = "notice tone-warning";
  notice.dataset.conflicts = "";
  notice.setAttribute("role", "alert");
  const words = Object.assign(document.createElement("div"), { className: "notice-words" });
  const list = document.createElement("ul");
  for (const name of names) {
    const field = fieldOf(name);
    const link = Object.assign(document.createElement("a"), { href: `#${field?.id ?? ""}`, textContent: labelOf(field) });
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  words.append(Object.assign(document.createElement("h2"), { className: "notice-title", textContent: say("conflictTitle", { n: names.length }) }), list);
  notice.append(words);
  form.prepend(notice);
}

const labelOf = (field) => field?.closest(".field")?.querySelector(".form-label")?.firstChild?.textContent.trim() ?? "";

function button(label, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain btn-small", textContent: label });
  made.addEventListener("click", act);
  return made;
}
