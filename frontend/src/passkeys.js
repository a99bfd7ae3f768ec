// Passkeys: a form with data-passkey asks the device for a signature, puts it into its hidden field and sends itself.
// "add" and "ask" find their options in the page (data-options names the element), "sign-in" fetches them from the form's address.
import { each, say } from "./page.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withId = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

async function made({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: withId(publicKey.excludeCredentials) };
  options.authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  const key = await navigator.credentials.create({ publicKey: options });
  return { ...described(key), response: { clientDataJSON: text(key.response.clientDataJSON), attestationObject: text(key.response.attestationObject), transports: key.response.getTransports?.() ?? [] } };
}

async function asked({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: withId(publicKey.allowCredentials) };
  const key = await navigator.credentials.get({ publicKey: options });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return { ...described(key), response: { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle ? text(userHandle) : null } };
}

const described = (key) => ({ id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: key.getClientExtensionResults() });

async function optionsOf(form) {
  if (form.dataset.passkey !== "sign-in") return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no challenge");
  return (await answer.json()).request_options;
}

export function startPasskeys(part) {
  each(part, "[data-passkey]", "passkey-started", (form) => {
    if (!window.PublicKeyCredential) return;
    form.hidden = false;
    const said = form.querySelector("[data-passkey-said]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      said.textContent = "";
      try {
        const options = await optionsOf(form);
        form.elements.credential.value = JSON.stringify(await (form.dataset.passkey === "add" ? made : asked)(options));
        form.submit();
      } catch (error) {
        said.textContent = say(error instanceof DOMException ? "passkeyRefused" : "passkeyLost");
      }
    });
  });
}
