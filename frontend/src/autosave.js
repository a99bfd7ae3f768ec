// A form that saves as one types: form[data-autosave=URL] sends what changed, says so, and keeps it here when the net is gone.
//
// Request: data-autosave-method (PATCH), JSON {version, answers: {name: value or [values]}, was: {name: what it was before}},
// header If-Match: the version.
// Answer: 200 {version, saved_at: "14:32", errors?: {name: sentence}, values?: {name: what stands now}}; 401/403 signed out;
// 409 {conflicts: {name: {mine, theirs, words}}, values} someone else wrote the same; 400/422 {message, errors} refused.
// A field with data-keep-here is not sent, and kept in the browser all the same.
import { clearConflict, listConflicts, showConflict } from "./conflicts.js";
import { Draft } from "./drafts.js";
import { csrf, each, say } from "./page.js";
import { isSignedOut, signInAgain } from "./sign-in-again.js";

const PAUSE = 1200;
const RETRY = 10_000;

export function startAutosave(part) {
  each(part, "form[data-autosave]", "autosave", (form) => new Autosave(form).start());
}

const same = (one, other) => JSON.stringify(one ?? "") === JSON.stringify(other ?? "");

class Autosave {
  constructor(form) {
    this.form = form;
    this.draft = new Draft(form.dataset.autosaveKey ?? form.dataset.autosave);
    this.version = form.dataset.version ?? "";
    this.waiting = new Map(); // written and not taken yet
    this.known = new Map(); // what stood on the server when the field was last in step with it
    this.conflicts = new Map(); // written here and elsewhere: the writer chooses
    this.refused = new Map(); // written and not taken: the sentence stands beside the field
    this.here = new Map(); // kept here only
    this.sign = form.querySelector("[data-save-state]") ?? document.querySelector("[data-save-state]");
    this.timer = null;
    this.busy = false;
    this.running = null;
    this.leaving = false;
    this.stopped = false;
  }

  start() {
    for (const name of new Set([...this.form.elements].map((field) => field.name))) if (this.isSaved(name)) this.known.set(name, this.valueOf(name));
    this.restore();
    this.form.addEventListener("input", (event) => this.note(event.target));
    this.form.addEventListener("change", (event) => this.note(event.target, 0));
    this.form.addEventListener("submit", (event) => this.leave(event), { capture: true });
    addEventListener("online", () => this.save());
    addEventListener("offline", () => { if (this.waiting.size) this.show("offline", say("saveOffline")); });
    document.addEventListener("visibilitychange", () => { if (document.hidden || this.waiting.size) this.save(); });
    addEventListener("beforeunload", (event) => { if (this.isUnsaved() && !this.leaving) event.preventDefault(); });
  }

  isUnsaved() {
    return !this.stopped && (this.waiting.size || this.conflicts.size || this.refused.size);
  }

  fieldsOf(name) {
    return [...this.form.elements].filter((field) => field.name === name);
  }

  isSaved(name) {
    const field = this.fieldsOf(name)[0];
    return name && name !== "csrfmiddlewaretoken" && name !== "version" && field.type !== "file" && field.dataset.noSave === undefined && field.dataset.keepHere === undefined && !name.endsWith("-asked");
  }

  note(field, pause = PAUSE) {
    if (!field.name || this.stopped) return;
    if (field.dataset.keepHere !== undefined) { this.here.set(field.name, this.valueOf(field.name)); return void this.keep(); }
    if (!this.isSaved(field.name)) return;
    if (this.conflicts.has(field.name)) return this.keep(); // the choice beside it comes first
    this.refused.delete(field.name);
    if (!this.waiting.has(field.name) && !this.busy && same(this.valueOf(field.name), this.known.get(field.name))) return void this.keep();
    this.waiting.set(field.name, this.valueOf(field.name));
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  valueOf(name) {
    const fields = this.fieldsOf(name);
    const first = fields[0];
    if (first.type === "radio") return fields.find((field) => field.checked)?.value ?? "";
    if (first.type === "checkbox") {
      const many = fields.length > 1 || first.dataset.many !== undefined;
      return many ? fields.filter((field) => field.checked).map((field) => field.value) : first.checked;
    }
    if (first.multiple) return [...first.selectedOptions].map((option) => option.value);
    return fields.length > 1 ? fields.map((field) => field.value) : first.value;
  }

  // A button of the form goes its way once what is written is safe; without the net nothing is sent and nothing lost.
  leave(event) {
    clearTimeout(this.timer);
    if (this.leaving || this.stopped || (!this.busy && !this.waiting.size)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!this.busy) this.save();
    this.running.then(() => {
      if (this.waiting.size) { if (this.isSafe && !this.busy) this.leave(event); return; }
      this.leaving = true;
      this.form.requestSubmit(event.submitter);
      this.leaving = false;
    });
  }

  save() {
    if (this.busy || this.stopped || !this.waiting.size) return;
    this.running = this.saveNow();
  }

  async saveNow() {
    const sent = new Map(this.waiting);
    this.busy = true;
    this.isSafe = false;
    this.show("saving", say("saving"));
    try {
      this.read(await this.send(sent), sent);
    } catch {
      this.fail("offline", say("saveOffline"));
    } finally {
      this.busy = false;
    }
  }

  async send(sent) {
    const was = Object.fromEntries([...sent.keys()].filter((name) => this.known.has(name)).map((name) => [name, this.known.get(name)]));
    const reply = await fetch(this.form.dataset.autosave, {
      method: this.form.dataset.autosaveMethod ?? "PATCH",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), "If-Match": this.version, "X-Requested-With": "autosave" },
      body: JSON.stringify({ version: this.version, answers: Object.fromEntries(sent), was }),
      redirect: "manual",
    });
    const isJson = reply.headers.get("Content-Type")?.includes("json");
    return { status: isSignedOut(reply) && !isJson ? 401 : reply.status, body: isJson ? await reply.json() : {} };
  }

  read({ status, body }, sent) {
    if (status === 409) return this.disagree(body, sent);
    if (status === 401) return this.askSignIn(body);
    if (status === 400 || status === 403 || status === 422) return this.refuse(body, sent);
    if (status >= 500) return this.fail("offline", body.message ?? say("saveOffline"));
    if (status >= 400) return this.fail("failed", body.message ?? say("saveFailed"));
    this.isSafe = true;
    this.take(body);
    this.drop(sent, body.errors ?? {});
    this.showErrors(body.errors ?? {}, sent);
    this.tell(body.saved_at);
    this.form.dispatchEvent(new CustomEvent("kit:saved", { bubbles: true, detail: body }));
    if (this.waiting.size) this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // "Saved" is said only when nothing that was written is left out.
  tell(time = clock()) {
    if (this.conflicts.size) this.show("conflict", say("saveConflict"));
    else if (this.refused.size) this.show("failed", say("saveRefused"));
    else if (this.waiting.size) this.show("saving", say("saving"));
    else this.show("saved", say("saved", { time }));
  }

  // The page follows what stands on the server now, except where something is written here that waits.
  take(body) {
    this.version = String(body.version ?? this.version);
    this.form.dataset.version = this.version;
    this.form.querySelectorAll("input[name=version]").forEach((field) => { field.value = this.version; });
    for (const [name, value] of Object.entries(body.values ?? {})) {
      if (!this.fieldsOf(name).length || same(this.known.get(name), value)) continue;
      if (!this.waiting.has(name) && !this.conflicts.has(name) && !this.refused.has(name)) {
        this.fill(name, value);
        this.known.set(name, this.valueOf(name));
      }
    }
  }

  disagree(body, sent) {
    if (!body.conflicts) { this.stopped = true; return this.show("conflict", body.message ?? say("saveConflict")); }
    for (const [name, both] of Object.entries(body.conflicts)) {
      this.conflicts.set(name, both);
      this.waiting.delete(name);
      const box = this.boxOf(name);
      if (box) showConflict(box, both, (side) => this.choose(name, side));
    }
    this.take(body);
    listConflicts(this.form, [...this.conflicts.keys()], (name) => this.fieldsOf(name)[0]);
    this.keep();
    this.show("conflict", say("saveConflict"));
    if (this.waiting.size) this.timer = setTimeout(() => this.save(), 0);
  }

  choose(name, side) {
    const both = this.conflicts.get(name);
    this.conflicts.delete(name);
    clearConflict(this.boxOf(name));
    this.known.set(name, both.theirs);
    if (side === "theirs") this.fill(name, both.theirs);
    else this.waiting.set(name, this.valueOf(name));
    listConflicts(this.form, [...this.conflicts.keys()], (other) => this.fieldsOf(other)[0]);
    this.fieldsOf(name)[0]?.focus();
    this.keep();
    if (this.waiting.size) this.save();
    else this.tell();
  }

  askSignIn(body) {
    this.show("failed", body.message ?? say("saveSignedOut"));
    this.keep();
    signInAgain(() => this.save()).catch(() => this.fail("offline", say("saveOffline")));
  }

  refuse(body, sent) {
    this.drop(sent, Object.fromEntries([...sent.keys()].map((name) => [name, ""])));
    this.showErrors(body.errors ?? {});
    this.show("failed", body.message ?? say("saveRefused"));
  }

  drop(sent, errors) {
    for (const [name, value] of sent) {
      const isLatest = same(this.waiting.get(name), value);
      if (!(name in errors)) this.known.set(name, value);
      if (name in errors && isLatest) this.refused.set(name, value);
      else this.refused.delete(name); // taken, or written anew meanwhile
      if (isLatest) this.waiting.delete(name);
    }
    this.keep();
  }

  fail(state, sentence) {
    this.show(state, sentence);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), RETRY);
  }

  keep() {
    const names = [...this.waiting.keys(), ...this.conflicts.keys(), ...this.refused.keys()];
    const answers = Object.fromEntries(names.filter((name) => this.fieldsOf(name).length).map((name) => [name, this.valueOf(name)]));
    const was = Object.fromEntries(names.filter((name) => this.known.has(name)).map((name) => [name, this.known.get(name)]));
    const any = names.length || this.here.size;
    this.draft.write(any ? { version: this.version, answers, was, here: Object.fromEntries(this.here) } : null);
  }

  restore() {
    const kept = this.draft.read();
    if (!kept) return;
    for (const [name, value] of Object.entries(kept.here ?? {})) {
      if (!this.fieldsOf(name).length || same(this.valueOf(name), value)) continue;
      this.fill(name, value);
      this.here.set(name, value);
    }
    for (const [name, value] of Object.entries(kept.answers ?? {})) {
      if (!this.fieldsOf(name).length || same(this.valueOf(name), value)) continue; // it arrived after all
      this.fill(name, value);
      this.waiting.set(name, value);
      if (kept.was && name in kept.was) this.known.set(name, kept.was[name]);
    }
    this.keep();
    if (!this.waiting.size) return;
    this.show("saving", say("restored"));
    // Written against an older version: the server compares field by field, and says where someone else wrote meanwhile.
    this.version = String(kept.version || this.version);
    this.form.dispatchEvent(new Event("change"));
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  fill(name, value) {
    const values = [value].flat(2).map(String);
    const cells = this.fieldsOf(name);
    for (const [place, field] of cells.entries()) {
      if (field.type === "radio") field.checked = values.includes(field.value);
      else if (field.type === "checkbox") field.checked = typeof value === "boolean" ? value : values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else if (field.type !== "file") field.value = values[cells.length > 1 ? place : 0] ?? "";
    }
  }

  boxOf(name) {
    return this.fieldsOf(name)[0]?.closest(".field, .criterion");
  }

  showErrors(errors, sent = new Map()) {
    for (const name of new Set([...Object.keys(errors), ...sent.keys()])) {
      const box = this.boxOf(name);
      if (!box) continue;
      box.querySelector("[data-autosave-error]")?.remove();
      box.classList.toggle("field-invalid", name in errors);
      if (!(name in errors)) continue;
      const line = document.createElement("p");
      line.className = "field-error";
      line.dataset.autosaveError = "";
      line.textContent = errors[name];
      box.append(line);
    }
  }

  show(state, sentence) {
    if (!this.sign) return;
    this.sign.dataset.state = state;
    this.sign.textContent = sentence;
  }
}

const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
