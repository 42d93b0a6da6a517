// SPDX-License-Identifier: Apache-2.0
// One front end: the genuine packages, started as their documentation says, and what the stories need besides.

import webJs from "supertokens-web-js/index.js";
import emailPassword from "supertokens-web-js/recipe/emailpassword/index.js";
import emailVerification from "supertokens-web-js/recipe/emailverification/index.js";
import multiFactorAuth from "supertokens-web-js/recipe/multifactorauth/index.js";
import passwordless from "supertokens-web-js/recipe/passwordless/index.js";
import session from "supertokens-web-js/recipe/session/index.js";
import thirdParty from "supertokens-web-js/recipe/thirdparty/index.js";
import website from "supertokens-website/index.js";

// Starts supertokens-web-js; `mode` is where the tokens travel: "cookie" or "header".
export function withWebJs(settings) {
  const world = plainWorld(settings, session.signOut);
  webJs.default.init({
    appInfo: { appName: "Harbour Notes", apiDomain: settings.api, apiBasePath: "/auth" },
    recipeList: [
      session.init({ tokenTransferMethod: settings.mode, onHandleEvent: (event) => world.events.push(event.action) }),
      emailPassword.init(),
      emailVerification.init(),
      passwordless.init(),
      thirdParty.init(),
      multiFactorAuth.init(),
    ],
  });
  return world;
}

// Starts supertokens-website alone, for an application with forms of its own.
export function withWebsite(settings) {
  const world = plainWorld(settings, website.signOut);
  website.default.init({
    apiDomain: settings.api,
    apiBasePath: "/auth",
    tokenTransferMethod: settings.mode,
    onHandleEvent: (event) => world.events.push(event.action),
  });
  return world;
}

function plainWorld(settings, signOut) {
  const { api, backstage, mode, antiCsrf } = settings;
  const bareFetch = globalThis.fetch.bind(globalThis); // as it is before the packages put theirs in its place
  const events = [];
  return {
    settings,
    api,
    mode,
    antiCsrf,
    events,
    bareFetch,
    signOut,
    // Asks the application, through the packages.
    ask: (path, init) => fetch(api + path, init),
    // Asks what belongs to the tests, past the packages.
    async backstage(path, body = {}) {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      return (await bareFetch(`${backstage}/${path}`, init)).json();
    },
    // Returns the events since the last call.
    happened: () => events.splice(0),
  };
}

let people = 0;

// An address that nobody had before.
export const newAddress = () => `person${Date.now()}x${people++}x${Math.floor(Math.random() * 1e6)}@example.com`;

// Every refresh changes the payload, and so does the first request after it.
export const otherThanPayload = (event) => event !== "ACCESS_TOKEN_PAYLOAD_UPDATED";

export function same(seen, wanted, what) {
  const [left, right] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${what}: saw ${left}, wanted ${right}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}
