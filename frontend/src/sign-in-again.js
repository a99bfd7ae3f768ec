// The session is over while someone writes: they sign in in a dialog, and the page with its words stays as it is.
import { csrf, say } from "./page.js";

const SIGN_IN = "/account/sign-in/";
const SESSION = "/account/session/";
let dialog = null;

export async function signInAgain(goOn) {
  if (dialog?.open) return;
  await show(await fetch(`${SIGN_IN}?next=${SESSION}`), goOn);
}

async function show(reply, goOn) {
  if (new URL(reply.url).pathname === SESSION) return arrive(await reply.json(), goOn);
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const form = page.querySelector("main form[method=post]");
  if (!form) return tell(say("signInElsewhere"));
  open([page.querySelector("main .error-summary"), form].filter(Boolean));
  const mine = dialog.querySelector("form");
  mine.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await show(await fetch(reply.url, { method: "POST", body: new URLSearchParams(new FormData(mine)) }), goOn);
    } catch { tell(say("saveOffline")); }
  });
  (mine.querySelector("[aria-invalid=true]") ?? mine.querySelector("input:not([type=hidden])"))?.focus();
}

function arrive({ user, csrf: token }, goOn) {
  if (String(user) !== document.body.dataset.user) return tell(say("signInOther"));
  document.body.dataset.csrf = token;
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
  dialog?.close();
  goOn();
}

function open(parts) {
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "sign-in-again");
    document.body.append(dialog);
  }
  const title = Object.assign(document.createElement("h2"), { id: "sign-in-again", className: "card-title", textContent: say("signInTitle") });
  const lead = Object.assign(document.createElement("p"), { textContent: say("signInLead") });
  const later = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost btn-wide", textContent: say("signInLater") });
  later.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(title, lead, ...parts.map((part) => document.importNode(part, true)), later);
  if (!dialog.open) dialog.showModal();
}

function tell(sentence) {
  open([Object.assign(document.createElement("p"), { className: "field-error", textContent: sentence })]);
}

export const isSignedOut = (reply) => reply.type === "opaqueredirect" || reply.status === 401 || (reply.status === 403 && Boolean(csrf()));
