// SPDX-License-Identifier: Apache-2.0
// What the packages need of a browser, for Node: a window with an address, storage, document.cookie, and a fetch that
// keeps HttpOnly cookies, each with its path. Import this before them.

class Storage {
  #items = new Map();
  getItem(key) {
    return this.#items.get(key) ?? null;
  }
  setItem(key, value) {
    this.#items.set(key, String(value));
  }
  removeItem(key) {
    this.#items.delete(key);
  }
  clear() {
    this.#items.clear();
  }
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }
  get length() {
    return this.#items.size;
  }
}

class CookieJar {
  #cookies = new Map();

  // Takes a Set-Cookie header, or what a script assigns to document.cookie.
  take(line) {
    const [pair, ...attributes] = line.split(";").map((part) => part.trim());
    const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    const given = Object.fromEntries(attributes.map((attribute) => attribute.toLowerCase().split("=")));
    const expired = given.expires !== undefined && Date.parse(given.expires) <= Date.now();
    const path = given.path ?? "/";
    if (expired || given["max-age"] === "0") this.#cookies.delete(`${name};${path}`);
    else this.#cookies.set(`${name};${path}`, { pair: `${name}=${value}`, path });
  }

  for(path) {
    return [...this.#cookies.values()].filter((cookie) => path.startsWith(cookie.path)).map((cookie) => cookie.pair);
  }
}

// Node's own fetch with a jar, as a browser's fetch with credentials.
function fetchWith(jar, nativeFetch) {
  return async (input, init = {}) => {
    const request = new Request(input, init);
    const sendsCookies = request.credentials === "include" || init.credentials === "include";
    const cookies = sendsCookies ? jar.for(new URL(request.url).pathname) : [];
    if (cookies.length > 0) request.headers.set("cookie", cookies.join("; "));
    const response = await nativeFetch(request);
    if (sendsCookies) response.headers.getSetCookie().forEach((line) => jar.take(line));
    return response;
  };
}

// Makes the globals of a page at this origin.
export function becomePage(origin) {
  const scriptCookies = new CookieJar();
  const document = {
    get cookie() {
      return scriptCookies.for("/").join("; ");
    },
    set cookie(line) {
      scriptCookies.take(line);
    },
  };
  const history = { replaceState: (_state, _title, to) => (window.location = new URL(to, window.location)) };
  const globals = { window: globalThis, document, history, location: new URL(`${origin}/`) };
  // Nothing happens in other tabs, and nobody uses XMLHttpRequest: they only have to be there.
  Object.assign(globals, { XMLHttpRequest: class {}, addEventListener() {}, removeEventListener() {} });
  Object.assign(globals, { localStorage: new Storage(), sessionStorage: new Storage() });
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  globalThis.fetch = fetchWith(new CookieJar(), globalThis.fetch);
}
