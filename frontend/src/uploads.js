// Files go up in pieces and resume: [data-tus=ENDPOINT] turns the plain file field into a drop zone.
// When a file is up: a hidden field with the upload's id, the event kit:uploaded, and a POST to data-tus-done if given.
import * as tus from "tus-js-client";
import { csrf, each, say, sizeInWords } from "./page.js";

const PIECE = 4 * 1024 * 1024;

export function startUploads(part) {
  each(part, "[data-tus]", "uploads", (box) => {
    const zone = box.querySelector("[data-drop-zone]");
    const input = zone.querySelector("input[type=file]");
    const take = (files) => [...files].slice(0, input.multiple ? undefined : 1).forEach((file) => upload(box, input, file));
    zone.classList.add("is-live");
    zone.querySelector("[data-drop-words]").hidden = false;
    input.addEventListener("change", () => { take(input.files); input.value = ""; });
    for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files); });
  });
}

function upload(box, input, file) {
  const row = addRow(box, file);
  const most = Number(box.dataset.tusMax);
  if (most && file.size > most) return refuse(row, say("uploadTooLarge", { size: sizeInWords(file.size), max: sizeInWords(most) }));
  let percent = 0;
  const sending = new tus.Upload(file, {
    endpoint: box.dataset.tus,
    chunkSize: PIECE,
    retryDelays: [0, 1000, 3000, 8000, 20_000, 60_000],
    metadata: { filename: file.name, filetype: file.type, purpose: box.dataset.tusPurpose },
    removeFingerprintOnSuccess: true,
    onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrf()),
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      if (!status || status >= 500) row.state.textContent = say("uploadWaiting", { percent });
      return status === 0 || status === 409 || status === 423 || status >= 500;
    },
    onProgress: (sent, total) => {
      percent = Math.floor((100 * sent) / total);
      row.bar.value = percent;
      row.state.textContent = say("uploading", { percent });
    },
    onError: (error) => refuse(row, say("uploadFailed", { reason: reasonOf(error) })),
    onSuccess: () => finish(box, row, sending.url),
  });
  row.stop.addEventListener("click", () => { sending.abort(true); row.item.remove(); });
  addEventListener("online", () => sending.start(), { once: true });
  sending.findPreviousUploads().then((earlier) => {
    if (earlier.length) sending.resumeFromPreviousUpload(earlier[0]);
    sending.start();
  });
}

function addRow(box, file) {
  const item = document.createElement("li");
  item.className = "drop-file";
  const name = Object.assign(document.createElement("span"), { textContent: `${file.name}（${sizeInWords(file.size)}）` });
  const stop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost btn-small", textContent: say("cancel") });
  const gauge = Object.assign(document.createElement("div"), { className: "gauge" });
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  bar.setAttribute("aria-label", file.name);
  gauge.append(bar);
  const state = Object.assign(document.createElement("span"), { className: "drop-file-state", textContent: say("uploading", { percent: 0 }) });
  item.append(name, stop, gauge, state);
  box.querySelector("[data-drop-files]").append(item);
  return { item, bar, gauge, state, stop };
}

function refuse(row, sentence) {
  row.item.classList.add("is-refused");
  row.gauge.remove();
  row.state.textContent = sentence;
}

function reasonOf(error) {
  const body = error.originalResponse?.getBody() ?? "";
  try { return JSON.parse(body).message; } catch { return body && body.length < 300 && !body.startsWith("<") ? body : say("uploadUnknown"); }
}

function finish(box, row, url) {
  const id = url.replace(/\/$/, "").split("/").pop();
  row.gauge.remove();
  row.state.textContent = say("uploaded");
  row.item.append(Object.assign(document.createElement("input"), { type: "hidden", name: box.dataset.tusName, value: id }));
  box.dispatchEvent(new CustomEvent("kit:uploaded", { bubbles: true, detail: { id, url } }));
  if (!box.dataset.tusDone) return;
  window.htmx.ajax("POST", box.dataset.tusDone, { source: box, target: box.querySelector("[data-drop-files]"), swap: "innerHTML", values: { upload: id, name: box.dataset.tusName } });
}
