// SPDX-License-Identifier: Apache-2.0

import session from "supertokens-web-js/recipe/session/index.js";
import userRoles from "supertokens-web-js/recipe/userroles/index.js";

import { holds, otherThanPayload, same } from "../world.mjs";
import { PASSWORD, formFields, signIn, signUp } from "./people.mjs";

const { UserRoleClaim } = userRoles;

export async function aRoleOpensWhatIsForThatRole(world) {
  const person = await signUp(world);
  const overrideGlobalClaimValidators = () => [UserRoleClaim.validators.includes("admin")];
  const refused = await world.ask("/admin");
  same(refused.status, 403, "the route for administrators");
  const missed = await session.getInvalidClaimsFromResponse({ response: refused });
  same(missed.map((claim) => claim.id), ["st-role"], "the claims that the server misses");
  const here = await session.validateClaims({ overrideGlobalClaimValidators });
  same(here.map((error) => error.id), ["st-role"], "the claims that the browser misses");
  same(await session.getClaimValue({ claim: UserRoleClaim }), [], "roles before");

  await world.backstage("make-admin", { userId: person.id });
  await session.signOut();
  await signIn(person);

  same(await session.getClaimValue({ claim: UserRoleClaim }), ["admin"], "roles after");
  same(await session.validateClaims({ overrideGlobalClaimValidators }), [], "claims that the browser misses");
}

export async function renewsWhenAsked(world) {
  await signUp(world);
  const before = await session.getAccessTokenPayloadSecurely();
  world.happened();

  same(await session.attemptRefreshingSession(), true, "refreshing");

  const after = await session.getAccessTokenPayloadSecurely();
  same(after.sessionHandle, before.sessionHandle, "the session");
  holds(after.refreshTokenHash1 !== before.refreshTokenHash1, "the refresh token is the same");
  same(world.happened().filter(otherThanPayload), ["REFRESH_SESSION"], "events");
  same((await world.ask("/protected")).status, 200, "the protected route");
}

export async function aChangedPayloadIsSeenAtOnce(world) {
  await signUp(world);
  world.happened();

  same((await world.ask("/plan", { method: "POST" })).status, 200, "changing the payload");

  same((await session.getAccessTokenPayloadSecurely()).plan, "gold", "the payload");
  same(world.happened(), ["ACCESS_TOKEN_PAYLOAD_UPDATED"], "events");
  await session.attemptRefreshingSession();
  same((await session.getAccessTokenPayloadSecurely()).plan, "gold", "the payload after refreshing");
}

export async function aRequestOfAnotherSiteIsRefused(world) {
  await signUp(world);
  same((await world.ask("/protected", { method: "POST" })).status, 200, "a request of ours");

  const forged = await world.bareFetch(`${world.api}/protected`, { method: "POST", credentials: "include" });

  same(forged.status, 401, "the same request without what only our page can add");
  const echoed = world.antiCsrf === "VIA_TOKEN" && world.mode === "cookie";
  same(document.cookie.includes("sAntiCsrf"), echoed, "the token against forgery");
  same(await session.attemptRefreshingSession(), true, "refreshing");
  same((await world.ask("/protected", { method: "POST" })).status, 200, "a request of ours after refreshing");
}

export async function signingOutEndsTheSession(world) {
  await signUp(world);
  world.happened();

  await session.signOut();

  same(world.happened(), ["SIGN_OUT"], "events");
  same(await session.doesSessionExist(), false, "a session afterwards");
  same((await world.ask("/protected")).status, 401, "the protected route");
  same(await session.getUserId().catch(() => "nobody"), "nobody", "getUserId");
  holds(!document.cookie.includes("sFrontToken"), "the front token is still there");
}

export async function aSessionEndedByTheServerEndsHere(world) {
  const person = await signUp(world);
  same((await world.backstage("revoke", { userId: person.id })).revoked, 1, "sessions that the server ended");
  world.happened();

  same((await world.ask("/checked")).status, 401, "a route that asks the database");

  same([...new Set(world.happened())], ["UNAUTHORISED"], "events");
  same(await session.doesSessionExist(), false, "a session afterwards");
}

export async function signingOutEverywhereEndsOtherDevices(world) {
  const person = await signUp(world);
  const init = { method: "POST", headers: { "content-type": "application/json", "st-auth-mode": "header" } };
  const body = JSON.stringify({ formFields: formFields(person.email, PASSWORD) });
  const other = await world.bareFetch(`${world.api}/auth/signin`, { ...init, body, credentials: "omit" });
  const bearer = (name) => ({ headers: { authorization: `Bearer ${other.headers.get(name)}` }, credentials: "omit" });
  const checked = () => world.bareFetch(`${world.api}/checked`, bearer("st-access-token"));
  same((await checked()).status, 200, "the other device before");

  same((await world.backstage("revoke", { userId: person.id })).revoked, 2, "sessions that ended");

  same((await checked()).status, 401, "the other device");
  const renewing = { method: "POST", ...bearer("st-refresh-token") };
  same((await world.bareFetch(`${world.api}/auth/session/refresh`, renewing)).status, 401, "its refresh token");
  same((await world.ask("/checked")).status, 401, "this device");
  same(await session.doesSessionExist(), false, "a session here");
}

export async function tokensTravelAsAgreed(world) {
  await signUp(world);

  const token = await session.getAccessToken();

  const inHeaders = world.mode === "header";
  same(typeof token, inHeaders ? "string" : "undefined", "the access token that scripts can read");
  same(/(^|; )st-access-token=/.test(document.cookie), inHeaders, "the access token in scripts' cookies");
  const withCookies = await world.bareFetch(`${world.api}/protected`, { credentials: "include" });
  same(withCookies.status, inHeaders ? 401 : 200, "a request with HttpOnly cookies alone");
  const headerAlone = { headers: { authorization: `Bearer ${token}` }, credentials: "omit" };
  const withHeader = await world.bareFetch(`${world.api}/protected`, headerAlone);
  same(withHeader.status, inHeaders ? 200 : 401, "a request with the header alone");
}
