// form[data-resend]: a form that the server takes once however often it comes (an application, the beginning of one) is sent
// again by itself while the line or the server is away, so that nobody stands before the browser's error page at the deadline.
import { each, say } from "./page.js";
import { showMessage } from "./messages.js";

const PAUSES = [1, 2, 4, 8, 15, 30, 60];
const AWAY = [502, 503, 504];

export function startResend(part) {
  each(part, "form[data-resend]", "resend", (form) => form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    send(form).finally(() => delete form.dataset.sending);
  }));
}

async function send(form) {
  for (const pause of PAUSES) {
    const reply = await attempt(form);
    if (reply && !AWAY.includes(reply.status)) return arrive(form, reply);
    showMessage("info", say("resending"));
    await new Promise((resolve) => { setTimeout(resolve, pause * 1000); });
  }
  showMessage("error", say("resendGaveUp"));
}

async function attempt(form) {
  try {
    return await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  } catch { return null; }
}

// A refusal is a page of its own: the browser asks for it, and the server refuses the same again.
const arrive = (form, reply) => (reply.redirected ? location.assign(reply.url) : form.submit());
