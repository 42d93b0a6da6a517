// SPDX-License-Identifier: Apache-2.0
// What the pages do better with JavaScript. Every page but magic links and passkeys works without this file.

const all = (selector, root = document) => root.querySelectorAll(selector);

for (const element of all("[data-without-script]")) element.hidden = true;

// A second press would send the form twice: the second code or password would meet a flow that is already over.
for (const form of all('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") event.preventDefault();
    form.ariaBusy = "true";
  });
}
// "Back" may bring a page out of the browser's cache exactly as it was left.
addEventListener("pageshow", () => all("form").forEach((form) => (form.ariaBusy = null)));

for (const button of all("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const labels = [button.ariaLabel, button.dataset.concealLabel];
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.ariaPressed = String(shown);
    button.ariaLabel = labels[Number(shown)];
  });
  input.form.addEventListener("submit", () => (input.type = "password"));
}

for (const input of all("[data-code]")) {
  input.addEventListener("input", () => {
    const bare = input.value.replace(/[\s.\-–]/g, "");
    if (bare !== input.value) input.value = bare;
  });
}

// The secret of a magic link is behind the "#", which browsers do not send: only this page can read it, and it
// must not stay in the address bar or the history.
for (const form of all("[data-fragment]")) {
  const secret = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
  if (!secret) {
    document.querySelector("[data-no-fragment]").hidden = false;
    continue;
  }
  form.elements.namedItem(form.dataset.fragment).value = secret;
  form.hidden = false;
  // Elsewhere than in the browser that asked for the link, a person must press the button: mail scanners open links too.
  if ("submitNow" in form.dataset) form.requestSubmit();
}

const asPeopleRead = (time) => {
  const moment = new Date(time.dateTime);
  return "date" in time.dataset
    ? moment.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" })
    : moment.toLocaleTimeString();
};
for (const time of all("time[datetime]")) time.textContent = asPeopleRead(time);

for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Passkeys: the page has the options as JSON, the form takes the credential as JSON. Bytes are base64url in both.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const optionsOf = (form) => {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const known of options.excludeCredentials ?? []) known.id = bytes(known.id);
  return { publicKey: options };
};

const asJson = ({ id, rawId, type, authenticatorAttachment, response }) => {
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    if (response.userHandle) answer.userHandle = text(response.userHandle);
  }
  const credential = { id, rawId: text(rawId), type, response: answer, clientExtensionResults: {} };
  return authenticatorAttachment ? { ...credential, authenticatorAttachment } : credential;
};

for (const form of all("[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    document.querySelector("[data-no-passkeys]").hidden = false;
    continue;
  }
  form.hidden = false;
  const field = form.elements.namedItem("credential");
  const failed = form.querySelector("[data-passkey-failed]");
  const ask = async () => {
    failed.hidden = true;
    try {
      field.value = JSON.stringify(asJson(await navigator.credentials[form.dataset.passkey](optionsOf(form))));
    } catch {
      // Cancelled, timed out, or this device has none: browsers do not tell which.
      failed.hidden = false;
      form.ariaBusy = null;
      return;
    }
    form.submit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  if ("beginNow" in form.dataset) ask();
}

const live = document.querySelector("[data-live]");
if (live) {
  const reload = async () => {
    if (document.hidden) return;
    const reply = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!reply?.ok) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.getElementById(live.id);
    const newest = (root) => root.querySelector("article")?.id;
    if (!fresh || newest(fresh) === newest(live)) return;
    for (const time of all("time[datetime]", fresh)) time.textContent = asPeopleRead(time);
    live.replaceChildren(...fresh.children);
  };
  setInterval(reload, 2000);
  addEventListener("focus", reload);
}
