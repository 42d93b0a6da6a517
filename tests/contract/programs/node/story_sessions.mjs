// SPDX-License-Identifier: Apache-2.0
// Sessions: made, verified with the core's public keys, renewed, stolen, ended; by functions and over HTTP.

import { createPublicKey, verify } from "node:crypto";

import session from "supertokens-node/recipe/session/index.js";
import claims from "supertokens-node/recipe/session/claims.js";
import userRoles from "supertokens-node/recipe/userroles/index.js";

import { PASSWORD, newAddress, newPerson } from "./application.mjs";
import { fails, holds, same } from "./checks.mjs";

async function newSession() {
  const person = await newPerson();
  const { recipeUserId } = person.loginMethods[0];
  return session.createNewSessionWithoutRequestResponse("public", recipeUserId, { shown: 1 }, { kept: 2 });
}

// Verifies a token as any service would that knows only the address of the keys.
async function verified(token, jwksUrl) {
  const [header, payload, signature] = token.split(".");
  const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));
  const { keys } = await (await fetch(jwksUrl)).json();
  const key = createPublicKey({ key: keys.find((one) => one.kid === decode(header).kid), format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify("RSA-SHA256", signed, key, Buffer.from(signature, "base64url"))) throw new Error("a bad signature");
  return decode(payload);
}

export async function anybodyCanVerify(world) {
  const own = await newSession();
  const keys = `${world.core}/.well-known/jwks.json`;

  const payload = await verified(own.getAccessToken(), keys);

  same([payload.sub, payload.shown], [own.getUserId(), 1], "an access token, with the core's keys");
  same((await verified(own.getAccessToken(), `${world.api}/auth/jwt/jwks.json`)).sub, payload.sub, "the application's");
  for (const fixed of [true, false]) {
    const { jwt } = await session.createJWT({ for: "a service" }, 60, fixed);
    const made = await verified(jwt, keys);
    same([made.for, made.exp - made.iat], ["a service", 60], `a token, static key: ${fixed}`);
  }
  holds((await session.getJWKS()).keys.length >= 2, "both kinds of keys are published");
  same((await session.getOpenIdDiscoveryConfiguration()).issuer, `${world.api}/auth`, "the issuer");
  same(payload.iss, `${world.api}/auth`, "and the token names it");
}

export async function byFunctions(_) {
  const own = await newSession();
  const [handle, id] = [own.getHandle(), own.getUserId()];

  await session.updateSessionDataInDatabase(handle, { kept: 3 });
  await session.mergeIntoAccessTokenPayload(handle, { more: "ü", shown: null });

  const information = await session.getSessionInformation(handle);
  same(information.sessionDataInDatabase, { kept: 3 }, "data");
  const payload = information.customClaimsInAccessTokenPayload;
  same([payload.more, "shown" in payload], ["ü", false], "payload");
  same(await session.getAllSessionHandlesForUser(id), [handle], "handles");
  const claim = new claims.BooleanClaim({ key: "visited", fetchValue: () => true });
  await session.setClaimValue(handle, claim, true);
  same((await session.getClaimValue(handle, claim)).value, true, "a claim");
  await session.removeClaim(handle, claim);
  same((await session.getClaimValue(handle, claim)).value, undefined, "a claim removed");
  same(await session.revokeSession(handle), true, "ended");
  same(await session.revokeSession(handle), false, "ended again");
  same(await session.getSessionInformation(handle), undefined, "nothing is known of it");
}

export async function renewalAndTheft(_) {
  const own = await newSession();
  const first = own.getAllSessionTokensDangerously();
  const refresh = (token) => session.refreshSessionWithoutRequestResponse(token, true);

  const renewed = await refresh(first.refreshToken);

  const tokens = renewed.getAllSessionTokensDangerously();
  holds(tokens.refreshToken !== first.refreshToken, "another refresh token");
  same(renewed.getHandle(), own.getHandle(), "the same session");
  const options = { checkDatabase: true };
  const seen = await session.getSessionWithoutRequestResponse(tokens.accessToken, undefined, options);
  same(seen.getUserId(), own.getUserId(), "its access token is good");
  await fails("TOKEN_THEFT_DETECTED", refresh(first.refreshToken), "the first refresh token again");
  await session.revokeSession(own.getHandle());
  const late = session.getSessionWithoutRequestResponse(tokens.accessToken, undefined, options);
  await fails("UNAUTHORISED", late, "an access token of a session that is over");
  await fails("UNAUTHORISED", refresh(tokens.refreshToken), "and its refresh token");
}

export async function severalAtOnce(_) {
  const person = await newPerson();
  const { recipeUserId } = person.loginMethods[0];
  const handles = [];
  for (let left = 3; left > 0; left -= 1) {
    handles.push((await session.createNewSessionWithoutRequestResponse("public", recipeUserId)).getHandle());
  }

  same(await session.revokeMultipleSessions([handles[0], "no-session"]), [handles[0]], "those that are there");
  same((await session.revokeAllSessionsForUser(person.id)).sort(), handles.slice(1).sort(), "the others");
  same(await session.getAllSessionHandlesForUser(person.id), [], "none is left");
}

export async function overHttp(world) {
  const [client, email] = [world.client(), newAddress()];
  const { id } = (await client.form("/signup", { email, password: PASSWORD })).user;
  same((await client.ask("GET", "/protected")).json.userId, id, "signed in");
  await userRoles.createNewRoleOrAddPermissions("editor", ["edit"]);
  await userRoles.addRoleToUser("public", id, "editor");
  const before = client.refreshToken;

  same((await client.refresh()).status, 200, "renewed");

  holds(client.refreshToken !== before, "with another refresh token");
  same((await client.ask("GET", "/protected")).json.payload["st-role"].v, [], "roles at the time of signing in");
  const [handle] = await session.getAllSessionHandlesForUser(id);
  await session.fetchAndSetClaim(handle, userRoles.UserRoleClaim);
  await client.refresh();
  same((await client.ask("GET", "/protected")).json.payload["st-role"].v, ["editor"], "roles fetched again");
  const copy = client.access;
  same((await client.auth("POST", "/signout")).status, "OK", "signed out");
  same((await client.ask("GET", "/checked", undefined, copy)).status, 401, "a copy of the token, where it matters");
}

export async function theftOverHttp(world) {
  const [client, thief] = [world.client(), world.client()];
  await client.form("/signup", { email: newAddress(), password: PASSWORD });
  const stolen = client.refreshToken;
  same((await client.refresh()).status, 200, "renewed");
  same(await client.status("/checked"), 200, "and used");

  const theft = await thief.refresh(stolen);

  same([theft.status, theft.json.message], [401, "token theft detected"], "the thief");
  same((await client.refresh()).status, 401, "the session is over");
}
