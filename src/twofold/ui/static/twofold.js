// SPDX-License-Identifier: Apache-2.0
// What the pages do better with JavaScript. Every page but the magic link works without this file.

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

for (const time of all("time[datetime]")) time.textContent = new Date(time.dateTime).toLocaleTimeString();

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
    for (const time of all("time[datetime]", fresh)) time.textContent = new Date(time.dateTime).toLocaleTimeString();
    live.replaceChildren(...fresh.children);
  };
  setInterval(reload, 2000);
  addEventListener("focus", reload);
}
