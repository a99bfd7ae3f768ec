// A form that saves as one types: form[data-autosave=URL] sends what changed, says so, and keeps it here when the net is gone.
//
// Request: data-autosave-method (PATCH), JSON {version, answers: {name: value or [values]}}, header If-Match: the version.
// Answer: 200 {version, saved_at: "14:32", errors?: {name: sentence}}; 409 someone else wrote; 401/403 signed out; 422 {errors}.
import { csrf, each, say } from "./page.js";

const PAUSE = 1200;
const RETRY = 10_000;

export function startAutosave(part) {
  each(part, "form[data-autosave]", "autosave", (form) => new Autosave(form).start());
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.key = `draft:${form.dataset.autosaveKey ?? form.dataset.autosave}`;
    this.version = form.dataset.version ?? "";
    this.waiting = new Map();
    this.sign = form.querySelector("[data-save-state]") ?? document.querySelector("[data-save-state]");
    this.timer = null;
    this.busy = false;
    this.running = null;
    this.leaving = false;
    this.stopped = false;
  }

  start() {
    this.restore();
    this.form.addEventListener("input", (event) => this.note(event.target));
    this.form.addEventListener("change", (event) => this.note(event.target, 0));
    this.form.addEventListener("submit", (event) => this.leave(event), { capture: true });
    addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); });
    addEventListener("beforeunload", (event) => { if (this.waiting.size && !this.stopped) event.preventDefault(); });
  }

  note(field, pause = PAUSE) {
    if (!field.name || field.type === "file" || field.name === "csrfmiddlewaretoken" || field.dataset.noSave !== undefined || this.stopped) return;
    this.waiting.set(field.name, this.valueOf(field.name));
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  valueOf(name) {
    const fields = [...this.form.elements].filter((field) => field.name === name);
    const first = fields[0];
    if (first.type === "radio") return fields.find((field) => field.checked)?.value ?? "";
    if (first.type === "checkbox") {
      const many = fields.length > 1 || first.dataset.many !== undefined;
      return many ? fields.filter((field) => field.checked).map((field) => field.value) : first.checked;
    }
    if (first.multiple) return [...first.selectedOptions].map((option) => option.value);
    return fields.length > 1 ? fields.map((field) => field.value) : first.value;
  }

  // Leaving a field saves it, and so does pressing a button: the answer brings the version that the form must carry.
  leave(event) {
    clearTimeout(this.timer);
    if (!this.busy) {
      this.stopped = true;
      localStorage.removeItem(this.key);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.leaving) return;
    this.leaving = this.stopped = true;
    this.running.then(() => this.form.requestSubmit(event.submitter));
  }

  save() {
    if (this.busy || this.stopped || !this.waiting.size) return;
    this.running = this.saveNow();
  }

  async saveNow() {
    const sent = new Map(this.waiting);
    this.busy = true;
    this.show("saving", say("saving"));
    try {
      this.read(await this.send(sent), sent);
    } catch {
      this.fail("failed", say("saveFailed"));
    } finally {
      this.busy = false;
    }
  }

  async send(sent) {
    const reply = await fetch(this.form.dataset.autosave, {
      method: this.form.dataset.autosaveMethod ?? "PATCH",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), "If-Match": this.version, "X-Requested-With": "autosave" },
      body: JSON.stringify({ version: this.version, answers: Object.fromEntries(sent) }),
      redirect: "manual",
    });
    const isJson = reply.headers.get("Content-Type")?.includes("json");
    return { status: reply.type === "opaqueredirect" ? 401 : reply.status, body: isJson ? await reply.json() : {} };
  }

  read({ status, body }, sent) {
    if (status === 409) { this.stopped = true; return this.show("conflict", body.message ?? say("saveConflict")); }
    if (status === 401 || status === 403) return this.fail("failed", body.message ?? say("saveSignedOut"));
    if (status === 422) { this.drop(sent); this.showErrors(body.errors ?? {}); return this.show("failed", body.message ?? say("saveRefused")); }
    if (status >= 400) return this.fail("failed", body.message ?? say("saveFailed"));
    this.version = String(body.version ?? this.version);
    this.form.dataset.version = this.version;
    this.form.querySelectorAll("input[name=version]").forEach((field) => { field.value = this.version; });
    this.drop(sent);
    this.showErrors(body.errors ?? {}, sent);
    this.show("saved", say("saved", { time: body.saved_at ?? clock() }));
    this.form.dispatchEvent(new CustomEvent("kit:saved", { bubbles: true, detail: body }));
    if (this.waiting.size) this.timer = setTimeout(() => this.save(), PAUSE);
  }

  drop(sent) {
    for (const [name, value] of sent) {
      if (JSON.stringify(this.waiting.get(name)) === JSON.stringify(value)) this.waiting.delete(name);
    }
    this.keep();
  }

  fail(state, sentence) {
    this.show(state, sentence);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), RETRY);
  }

  keep() {
    try {
      if (this.waiting.size) localStorage.setItem(this.key, JSON.stringify({ version: this.version, answers: Object.fromEntries(this.waiting) }));
      else localStorage.removeItem(this.key);
    } catch { /* storage full or forbidden: the server still gets it */ }
  }

  restore() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(this.key) ?? "null"); } catch { return; }
    if (!kept?.answers) return;
    for (const [name, value] of Object.entries(kept.answers)) {
      this.fill(name, value);
      this.waiting.set(name, value);
    }
    this.show("saving", say("restored"));
    // Written against an older version: the server decides, and answers 409 if someone else wrote meanwhile.
    this.version = String(kept.version || this.version);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  fill(name, value) {
    const values = [value].flat().map(String);
    const cells = [...this.form.elements].filter((field) => field.name === name);
    for (const [place, field] of cells.entries()) {
      if (field.type === "radio") field.checked = values.includes(field.value);
      else if (field.type === "checkbox") field.checked = typeof value === "boolean" ? value : values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else if (field.type !== "file") field.value = values[cells.length > 1 ? place : 0] ?? "";
    }
  }

  showErrors(errors, sent = new Map()) {
    for (const name of new Set([...Object.keys(errors), ...sent.keys()])) {
      const field = this.form.elements[name];
      const box = (field?.length ? field[0] : field)?.closest?.(".field, .criterion");
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
