// A score sheet that survives a minute without network: form[data-sheet=SAVE-URL] saves what changed as it is typed, keeps it in this
// browser until the server has it, and hands the sheet in once the network is back.
//
// Save: PATCH {version, sender, answers} → 200 {version, saved_at, errors} · 409 {message, version, answers}: written elsewhere ·
// 422 {message, errors}. Hand in: POST of the form, Accept: application/json → 200 {url} · 409 and 422 as above.
// `sender` is "token.number": what this page wrote itself it may write over, whatever the version (an answer may have been lost);
// a message with an older number that arrives late changes nothing.
import { announce, csrf, each, say } from "./page.js";

const PAUSE = 900;
const RETRY = 4000;
const IS_BUSY = new Set([429, 502, 503, 504]);

export function startSheets(part) {
  each(part, "form[data-sheet]", "sheet", (form) => new Sheet(form).start());
  each(part, "[data-sheet-outbox]", "outbox", (place) => new Outbox(place).send());
}

const read = (key) => { try { return JSON.parse(localStorage.getItem(key) ?? "null"); } catch { return null; } };
const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the server still gets it */ } };
const token = () => [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36)).join("");

async function ask(url, method, body, headers = {}) {
  const reply = await fetch(url, { method, body, headers: { Accept: "application/json", "X-CSRFToken": csrf(), ...headers }, redirect: "manual" });
  if (reply.type === "opaqueredirect") return { status: 401, body: {} };
  if (IS_BUSY.has(reply.status)) throw new TypeError("busy");
  return { status: reply.status, body: reply.headers.get("Content-Type")?.includes("json") ? await reply.json() : {} };
}

const patch = (url, message) => ask(url, "PATCH", JSON.stringify(message), { "Content-Type": "application/json" });

class Sheet {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.sheet;
    this.key = `sheet:${form.dataset.owner}:${this.url}`;
    this.version = Number(form.dataset.version);
    this.token = token();
    this.number = 0;
    this.waiting = {};
    this.handsIn = false;
    this.sign = form.querySelector("[data-save-state]");
    this.queue = Promise.resolve();
    this.stopped = false;
  }

  start() {
    this.restore();
    this.form.addEventListener("input", (event) => this.note(event.target));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.handIn(); });
    addEventListener("online", () => this.soon(0));
    addEventListener("offline", () => { if (this.isWaiting) this.show("kept", say("sheetKept")); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.soon(0); });
    const panel = document.querySelector("[data-sheet-conflict]");
    panel?.querySelector("[data-keep-mine]")?.addEventListener("click", () => this.settle(true));
    panel?.querySelector("[data-take-theirs]")?.addEventListener("click", () => this.settle(false));
    this.panel = panel;
  }

  get isWaiting() { return this.handsIn || Object.keys(this.waiting).length > 0; }

  note(field) {
    if (!field.name || field.name === "csrfmiddlewaretoken") return;
    this.waiting[field.name] = field.value;
    this.handsIn = false; // typed on after pressing the button: to be handed in anew
    this.keep();
    this.soon(PAUSE);
  }

  handIn() {
    for (const [name, value] of new FormData(this.form)) if (name !== "csrfmiddlewaretoken") this.waiting[name] = value;
    delete this.waiting.version;
    this.handsIn = true;
    this.keep();
    this.show("saving", say("sheetSending"));
    this.soon(0);
  }

  keep() {
    if (!this.isWaiting) return localStorage.removeItem(this.key);
    write(this.key, {
      url: this.url, page: this.form.dataset.page, title: this.form.dataset.title, version: this.version, token: this.token, number: this.number,
      answers: this.waiting, handsIn: this.handsIn,
    });
  }

  restore() {
    const kept = read(this.key);
    if (!kept?.answers) return;
    for (const [name, value] of Object.entries(kept.answers)) this.fill(name, value);
    Object.assign(this, { version: kept.version, token: kept.token, number: kept.number, waiting: kept.answers, handsIn: kept.handsIn });
    this.show("kept", say("restored"));
    this.soon(0);
  }

  fill(name, value) {
    for (const field of [...this.form.elements].filter((other) => other.name === name)) {
      if (field.type === "radio") field.checked = field.value === value;
      else field.value = value ?? "";
      field.dispatchEvent(new Event("input", { bubbles: false })); // the slider beside it follows; the form has not been typed in
    }
  }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.queue = this.queue.then(() => this.send()); }, pause);
  }

  async send() {
    if (this.stopped || !this.isWaiting) return;
    const sent = { ...this.waiting };
    const isLast = this.handsIn;
    this.number += 1;
    this.keep();
    this.show("saving", say(isLast ? "sheetSending" : "saving"));
    try {
      const answer = isLast ? await this.post(sent) : await patch(this.url, { version: this.version, sender: this.sender, answers: sent });
      this.read(answer, sent, isLast);
    } catch {
      this.show("kept", say(isLast ? "sheetKeptHandIn" : "sheetKept"));
      this.soon(RETRY);
    }
  }

  get sender() { return `${this.token}.${this.number}`; }

  post(answers) {
    return ask(this.form.dataset.page, "POST", new URLSearchParams({ ...answers, version: this.version, sender: this.sender }));
  }

  read({ status, body }, sent, isLast) {
    if (status === 401 || status === 403) return this.show("kept", say("saveSignedOut"));
    if (status === 409) return this.conflict(body);
    if (status >= 500 || status === 404) { this.show("failed", body.message ?? say("saveFailed")); return this.soon(RETRY * 4); }
    if (status >= 400) return this.refuse(body, sent, isLast);
    if (isLast) {
      localStorage.removeItem(this.key);
      this.stopped = true;
      return location.assign(body.url);
    }
    this.version = body.version;
    this.drop(sent);
    this.showErrors(body.errors ?? {}, sent);
    this.show("saved", say("saved", { time: body.saved_at }));
    if (this.isWaiting) this.soon(PAUSE);
  }

  refuse(body, sent, isLast) {
    this.handsIn = false;
    if (isLast) this.soon(PAUSE); // what was typed is still to be saved as a draft
    else this.drop(sent);
    this.keep();
    this.showErrors(body.errors ?? {}, sent);
    this.show("failed", body.message ?? say("saveRefused"));
    announce(body.message ?? "");
  }

  drop(sent) {
    for (const [name, value] of Object.entries(sent)) if (this.waiting[name] === value) delete this.waiting[name];
    this.keep();
  }

  // Somebody (myself, on another device) wrote meanwhile: both are shown, nothing is overwritten until one is chosen.
  conflict(body) {
    this.stopped = true;
    this.theirs = body;
    this.show("conflict", say("sheetConflicted"));
    if (!this.panel || !body.answers) return;
    const list = this.panel.querySelector("[data-differences]");
    const differing = Object.entries(this.waiting).filter(([name, value]) => name in body.answers && String(body.answers[name]) !== String(value));
    list.replaceChildren(...differing.map(([name, value]) => {
      const line = document.createElement("li");
      line.textContent = say("sheetDiffers", { name: this.label(name), here: value || "—", there: body.answers[name] || "—" });
      return line;
    }));
    this.panel.hidden = false;
    this.panel.closest("details")?.setAttribute("open", "");
    this.panel.focus();
  }

  label(name) {
    const field = this.form.elements[name];
    const box = (field?.length ? field[0] : field)?.closest?.(".criterion, .field, fieldset");
    return box?.querySelector(".form-label")?.firstChild?.textContent.trim() ?? name;
  }

  settle(isMine) {
    const { version, answers } = this.theirs;
    this.version = version;
    this.stopped = false;
    this.panel.hidden = true;
    for (const [name, value] of Object.entries(answers)) if (!isMine || !(name in this.waiting)) this.fill(name, value);
    if (!isMine) { this.waiting = {}; this.handsIn = false; }
    this.keep();
    this.form.dispatchEvent(new Event("input", { bubbles: false }));
    this.show("saved", say("sheetSettled"));
    this.soon(0);
  }

  showErrors(errors, sent) {
    for (const name of new Set([...Object.keys(errors), ...Object.keys(sent)])) {
      const field = this.form.elements[name];
      const box = (field?.length ? field[0] : field)?.closest?.(".field, .criterion");
      if (!box) continue;
      box.querySelector("[data-sheet-error]")?.remove();
      box.classList.toggle("field-invalid", name in errors);
      if (!(name in errors)) continue;
      const line = document.createElement("p");
      line.className = "field-error";
      line.dataset.sheetError = "";
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

// On the expert's list: sheets that a closed tab left in this browser are sent, and those that cannot be are named.
class Outbox {
  constructor(place) { this.place = place; }

  async send() {
    const prefix = `sheet:${this.place.dataset.sheetOutbox}:`;
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    const left = [];
    for (const key of keys) if (!(await this.one(key))) left.push(read(key));
    if (keys.length === 0) return;
    this.place.hidden = false;
    if (left.length) addEventListener("online", () => this.send(), { once: true });
    const lines = left.map((kept) => {
      const link = document.createElement("a");
      link.href = kept.page;
      link.textContent = say("sheetLeft", { title: kept.title });
      return link;
    });
    this.place.replaceChildren(...(left.length ? lines : [document.createTextNode(say("sheetAllSent"))]));
  }

  async one(key) {
    const kept = read(key);
    if (!kept?.answers) return true;
    const sender = `${kept.token}.${kept.number + 1}`;
    try {
      const { status } = kept.handsIn
        ? await ask(kept.page, "POST", new URLSearchParams({ ...kept.answers, version: kept.version, sender }))
        : await patch(kept.url, { version: kept.version, sender, answers: kept.answers });
      if (status >= 300) return false;
      localStorage.removeItem(key);
      return true;
    } catch {
      return false;
    }
  }
}
