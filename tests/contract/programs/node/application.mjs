// SPDX-License-Identifier: Apache-2.0
// An application on the genuine supertokens-node, with Express, and a client that talks to it like a browser.

import { createHmac, randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";

import express from "express";
import supertokens from "supertokens-node";
import framework from "supertokens-node/framework/express/index.js";
import emailPassword from "supertokens-node/recipe/emailpassword/index.js";
import multitenancy from "supertokens-node/recipe/multitenancy/index.js";
import sessionFramework from "supertokens-node/recipe/session/framework/express/index.js";

export const PASSWORD = "correct horse 1 battery";
export const inbox = [];
export const versionsAskedFor = new Set();
// What is sent lands in the inbox.
export const collected = { service: { sendEmail: async (mail) => inbox.push(mail), sendSms: async (sms) => inbox.push(sms) } };

export const newAddress = () => `person-${randomBytes(6).toString("hex")}@example.com`;
export const newNumber = () => `+3630${String(randomInt(10_000_000)).padStart(7, "0")}`;
export const newName = (kind) => `${kind}-${randomBytes(4).toString("hex")}`;
export const tokenOf = (link) => new URL(link).searchParams.get("token");

// Signs somebody up through the SDK's function.
export const newPerson = async () => (await emailPassword.signUp("public", newAddress(), PASSWORD)).user;

// Makes a tenant with these settings, where people may sign in with a password unless the settings say otherwise.
export async function newTenant(settings) {
  const name = newName("tenant");
  await multitenancy.createOrUpdateTenant(name, { firstFactors: ["emailpassword"], ...settings });
  return name;
}

// Starts the genuine SDK as its documentation says, and serves. The core's address is the program's first argument.
export async function start(recipes, addRoutes = () => {}) {
  const core = process.argv[2];
  const app = express();
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const api = `http://localhost:${server.address().port}`;
  supertokens.init({
    framework: "express",
    supertokens: {
      connectionURI: core,
      networkInterceptor: (request) => {
        if (request.headers?.["cdi-version"]) versionsAskedFor.add(request.headers["cdi-version"]);
        return request;
      },
    },
    appInfo: { appName: "Harbour Notes", apiDomain: api, websiteDomain: api, apiBasePath: "/auth" },
    recipeList: recipes,
    telemetry: false,
  });
  app.use(framework.middleware());
  const { verifySession } = sessionFramework;
  const answer = (req, res) =>
    res.json({ userId: req.session.getUserId(), payload: req.session.getAccessTokenPayload() });
  app.get("/protected", verifySession(), answer);
  app.get("/checked", verifySession({ checkDatabase: true }), answer);
  addRoutes(app);
  app.use(framework.errorHandler());
  app.use((error, req, res, next) => res.status(500).json({ message: error.message }));
  return { core, api, client: () => new Client(api) };
}

// One visitor, who keeps tokens and sends what a page of the application would.
export class Client {
  constructor(api) {
    this.api = api;
    this.access = undefined;
    this.refreshToken = undefined;
  }

  async ask(method, path, body, token = this.access) {
    const headers = { "st-auth-mode": "header", "content-type": "application/json" };
    if (token) headers.authorization = `Bearer ${token}`;
    const response = await fetch(this.api + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    const access = response.headers.get("st-access-token");
    const refresh = response.headers.get("st-refresh-token");
    if (access !== null) this.access = access;
    if (refresh !== null) this.refreshToken = refresh;
    const json = text.startsWith("{") ? JSON.parse(text) : text;
    return { status: response.status, json };
  }

  // Calls one of the SDK's APIs.
  async auth(method, path, body) {
    const { status, json } = await this.ask(method, `/auth${path}`, body);
    if (status !== 200) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  }

  // Sends a form to one of the SDK's APIs.
  form(path, fields) {
    return this.auth("POST", path, { formFields: Object.entries(fields).map(([id, value]) => ({ id, value })) });
  }

  refresh(token = this.refreshToken) {
    return this.ask("POST", "/auth/session/refresh", undefined, token);
  }

  async status(path = "/protected") {
    return (await this.ask("GET", path)).status;
  }

  // Asks for a code for the person who is signed in, reads it in the inbox, and gives it.
  async secondFactor(contact, tenant = "") {
    const linking = { shouldTryLinkingWithSessionUser: true };
    const created = await this.auth("POST", `${tenant}/signinup/code`, { ...contact, ...linking });
    if (created.status !== "OK") return created;
    const { deviceId, preAuthSessionId } = created;
    const given = { deviceId, preAuthSessionId, userInputCode: inbox.at(-1).userInputCode, ...linking };
    return this.auth("POST", `${tenant}/signinup/code/consume`, given);
  }

  // What the session says of its factors, once the server has looked again.
  async factors() {
    await this.auth("PUT", "/mfa/info");
    const { v, c } = JSON.parse(Buffer.from(this.access.split(".")[1], "base64url"))["st-mfa"];
    return [v, Object.keys(c).sort()];
  }
}

// The code of an authenticator (RFC 6238: SHA-1, 6 digits, 30 seconds); `later` counts periods from now.
export function codeOf(secret, later = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((digit) => alphabet.indexOf(digit).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
