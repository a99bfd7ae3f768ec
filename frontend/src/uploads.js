// Files go up in pieces and resume: [data-tus=ENDPOINT] turns the plain file field into a drop zone.
// When a file is up: a hidden field with the upload's id, the event kit:uploaded, and a POST to data-tus-done if given, whose
// answer is the list [data-files] of what is stored. In that list: [data-file-act] buttons act in place, [data-replace] fields
// send a file in the place of another, [data-grip] drags. [data-poster] is a video that still wants its picture.
import * as tus from "tus-js-client";
import { showMessage } from "./messages.js";
import { announce, csrf, each, onEachPart, say, sizeInWords } from "./page.js";

const PIECE = 4 * 1024 * 1024;
const QUARTER = 25;

function startUploads(part) {
  each(part, "[data-tus]", "uploads", (box) => {
    const zone = box.querySelector("[data-drop-zone]");
    const input = zone.querySelector("input[type=file]");
    zone.classList.add("is-live");
    zone.querySelector("[data-drop-words]").hidden = false;
    input.addEventListener("change", () => { take(box, input, input.files); input.value = ""; });
    for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => { event.preventDefault(); take(box, input, event.dataTransfer.files); });
    startStored(box);
  });
  each(part, "[data-poster]", "poster", (place) => takeFrame(place).catch(() => {})); // the icon stays where a browser cannot play it
}

function take(box, input, files) {
  const list = box.querySelector("[data-files]");
  const going = box.querySelectorAll("[data-drop-files] > [data-going]").length;
  const room = list ? Number(list.dataset.room) - going : Infinity;
  [...files].slice(0, input.multiple ? undefined : 1).forEach((file, n) => {
    if (n < room) return upload(box, input, file);
    refuse(addRow(box, file), say("uploadNoRoom", { n: box.dataset.tusMost }));
  });
}

function problemOf(box, input, file) {
  const most = Number(box.dataset.tusMax);
  const endings = input.accept.split(",").map((one) => one.trim().toLowerCase()).filter(Boolean);
  if (endings.length && !endings.some((ending) => file.name.toLowerCase().endsWith(ending))) return say("uploadWrongKind", { kinds: box.dataset.tusKinds });
  if (most && file.size > most) return say("uploadTooLarge", { size: sizeInWords(file.size), max: sizeInWords(most) });
  return "";
}

function upload(box, input, file, replaced = "") {
  const row = addRow(box, file);
  const problem = problemOf(box, input, file);
  if (problem) return refuse(row, problem);
  row.item.dataset.going = "";
  let percent = 0;
  let told = 0;
  let isPaused = false;
  let isOver = false;
  const sending = new tus.Upload(file, {
    endpoint: box.dataset.tus,
    chunkSize: PIECE,
    retryDelays: [0, 1000, 3000, 8000, 20_000, 60_000],
    metadata: { filename: file.name, filetype: file.type, purpose: replaced ? `${box.dataset.tusPurpose}:${replaced}` : box.dataset.tusPurpose },
    removeFingerprintOnSuccess: true,
    onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrf()),
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      if (!status || status >= 500) row.state.textContent = say("uploadWaiting", { percent });
      return status === 0 || status === 409 || status === 423 || status >= 500;
    },
    onProgress: (sent, total) => {
      if (isPaused) return;
      percent = Math.floor((100 * sent) / total);
      row.bar.value = percent;
      row.state.textContent = say("uploading", { percent });
      if (percent < told + QUARTER || percent >= 100) return; // heard at each quarter, not at each piece
      told = percent - (percent % QUARTER);
      announce(say("uploadAt", { name: file.name, percent: told }));
    },
    onError: (error) => { isOver = true; refuse(row, say("uploadFailed", { reason: reasonOf(error) })); },
    onSuccess: () => { isOver = true; finish(box, row, sending.url, file.name); },
  });
  row.pause.addEventListener("click", () => {
    isPaused = !isPaused;
    row.pause.textContent = say(isPaused ? "uploadResume" : "uploadPause");
    row.state.textContent = isPaused ? say("uploadPaused", { percent }) : say("uploading", { percent });
    announce(row.state.textContent);
    if (isPaused) sending.abort();
    else sending.start();
  });
  row.stop.addEventListener("click", () => {
    isOver = true;
    sending.abort(true).catch(() => {});
    row.item.remove();
    box.querySelector("input[type=file]").focus();
  });
  addEventListener("online", () => { if (!isPaused && !isOver) sending.start(); });
  announce(say("uploadStarted", { name: file.name }));
  sending.findPreviousUploads().then((earlier) => {
    if (earlier.length) sending.resumeFromPreviousUpload(earlier[0]);
    sending.start();
  });
}

function addRow(box, file) {
  const item = document.createElement("li");
  item.className = "drop-file";
  const make = (tag, facts) => Object.assign(document.createElement(tag), facts);
  const name = make("span", { textContent: `${file.name}（${sizeInWords(file.size)}）` });
  const acts = make("span", { className: "file-acts" });
  const pause = make("button", { type: "button", className: "btn btn-ghost btn-small", textContent: say("uploadPause") });
  const stop = make("button", { type: "button", className: "btn btn-ghost btn-small", textContent: say("cancel") });
  for (const button of [pause, stop]) button.setAttribute("aria-description", file.name);
  acts.append(pause, stop);
  const gauge = make("div", { className: "gauge" });
  const bar = make("progress", { max: 100, value: 0 });
  bar.setAttribute("aria-label", file.name);
  gauge.append(bar);
  const state = make("span", { className: "drop-file-state", textContent: say("uploading", { percent: 0 }) });
  item.append(name, acts, gauge, state);
  box.querySelector("[data-drop-files]").append(item);
  return { item, bar, gauge, state, stop, pause };
}

function refuse(row, sentence) {
  row.item.classList.add("is-refused");
  delete row.item.dataset.going;
  row.gauge.remove();
  row.pause.remove();
  row.state.textContent = sentence;
  announce(sentence);
  row.stop.addEventListener("click", () => row.item.remove());
}

function reasonOf(error) {
  const body = error.originalResponse?.getBody() ?? "";
  try { return JSON.parse(body).message; } catch { return body && body.length < 300 && !body.startsWith("<") ? body : say("uploadUnknown"); }
}

async function finish(box, row, url, name) {
  const id = url.replace(/\/$/, "").split("/").pop();
  delete row.item.dataset.going;
  row.gauge.remove();
  row.pause.remove();
  row.stop.remove();
  row.state.textContent = say("uploaded");
  row.item.append(Object.assign(document.createElement("input"), { type: "hidden", name: box.dataset.tusName, value: id }));
  box.dispatchEvent(new CustomEvent("kit:uploaded", { bubbles: true, detail: { id, url } }));
  if (box.dataset.tusDone) {
    await relist(box, { upload: id, name: box.dataset.tusName });
    row.item.remove();
  }
  announce(say("uploadDone", { name }));
}

// The stored files: what is written beside them goes along, so that no new list loses it.
async function relist(box, values) {
  const place = box.querySelector("[data-drop-stored]");
  const captions = Object.fromEntries([...place.querySelectorAll("[name^=caption-]")].map((field) => [field.name, field.value]));
  const writing = document.activeElement?.name?.startsWith("caption-") ? document.activeElement : null;
  const [name, from] = [writing?.name, writing?.selectionStart];
  const reply = await fetch(box.dataset.tusDone, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" }, body: new URLSearchParams({ ...captions, ...values }) }).catch(() => null);
  if (!reply?.ok || reply.redirected) return showMessage("error", say("swapFailed"));
  window.htmx.swap(place, await reply.text(), { swapStyle: "innerHTML" });
  announce(place.querySelector("[data-announce]")?.dataset.announce ?? place.querySelector(".notice")?.textContent.trim() ?? "");
  const list = place.querySelector("[data-files]");
  const zone = box.querySelector("[data-drop-zone]");
  if (list) zone.hidden = Number(list.dataset.room) < 1;
  const again = name && place.querySelector(`[name="${name}"]`);
  if (again) { again.focus(); again.setSelectionRange(from, from); }
}

function startStored(box) {
  const place = box.querySelector("[data-drop-stored]");
  place.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-file-act]");
    if (!button) return;
    event.preventDefault();
    const { value } = button;
    await act(box, value);
    const same = place.querySelector(`[value="${value}"]:not(:disabled)`);
    const other = place.querySelector(`[value="${value.replace(/^\w+/, (word) => ({ up: "down", down: "up" })[word] ?? word)}"]`);
    (same ?? (value.startsWith("detach") ? place.querySelector("[data-undo]") : other) ?? place.querySelector("input, button"))?.focus();
  });
  place.addEventListener("change", (event) => {
    const { replace } = event.target.dataset;
    if (replace === undefined) return;
    event.stopPropagation();
    [...event.target.files].forEach((file) => upload(box, event.target, file, replace));
    event.target.value = "";
  });
  startDragging(box, place);
}

async function act(box, value) {
  await relist(box, { do: value });
  box.dispatchEvent(new CustomEvent("kit:uploaded", { bubbles: true, detail: {} }));
}

// By mouse: a row can be taken only by its grip, so that its words can still be selected. By keyboard and thumb: the buttons.
function startDragging(box, place) {
  let taken = null;
  let before = "";
  const keys = () => [...place.querySelectorAll("[data-file]")].map((item) => item.dataset.file).join(",");
  place.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-grip]")?.closest("[data-file]");
    if (item) item.draggable = true;
  });
  place.addEventListener("dragstart", (event) => {
    taken = event.target.closest?.("[data-file]");
    before = keys();
    taken?.classList.add("is-taken");
  });
  place.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-file]");
    if (!taken) return;
    event.preventDefault();
    if (!over || over === taken) return;
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY < top + height / 2 ? "before" : "after"](taken);
  });
  place.addEventListener("drop", (event) => event.preventDefault());
  place.addEventListener("dragend", () => {
    if (!taken) return;
    taken.classList.remove("is-taken");
    taken.draggable = false;
    taken = null;
    if (keys() !== before) act(box, `order:${place.querySelector("[data-files]").dataset.files}:${keys()}`);
  });
}

// A frame of the video, taken here because nothing on the server decodes video.
async function takeFrame(place) {
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto", src: place.dataset.video });
  await new Promise((resolve, reject) => { video.onloadeddata = resolve; video.onerror = reject; });
  await new Promise((resolve) => { video.onseeked = resolve; video.currentTime = Math.min(1, video.duration / 3 || 0); });
  const scale = Math.min(1, 800 / Math.max(video.videoWidth, video.videoHeight));
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth * scale, height: video.videoHeight * scale });
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  video.removeAttribute("src");
  const frame = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); });
  const form = new FormData();
  form.append("frame", frame, "frame.jpg");
  const reply = await fetch(place.dataset.poster, { method: "POST", body: form, headers: { "X-CSRFToken": csrf() } });
  if (!reply.ok || reply.redirected) return;
  place.replaceChildren(Object.assign(document.createElement("img"), { src: place.dataset.picture, alt: "" }));
}

onEachPart(startUploads);
