// SPDX-License-Identifier: Apache-2.0
// Each story turns the clock of the core and the SDK past the end of the access token. The client's clock stays, but
// for one story: so it must learn of the end from a response.

import session from "supertokens-web-js/recipe/session/index.js";

import { holds, otherThanPayload, same } from "../world.mjs";
import { halfSignedInAdmin, signUp } from "./people.mjs";

const TWO_HOURS = { seconds: 7200 };

export async function anExpiredAccessTokenIsRenewedUnseen(world) {
  const person = await signUp(world);
  const before = await world.backstage("refreshes");
  world.happened();
  await world.backstage("turn-clock", TWO_HOURS);

  const answer = await world.ask("/protected");

  same([answer.status, await answer.json()], [200, { userId: person.id }], "the protected route");
  same((await world.backstage("refreshes")).count - before.count, 1, "refreshes");
  same(world.happened().filter(otherThanPayload), ["REFRESH_SESSION"], "events");
  same((await world.ask("/protected")).status, 200, "the protected route again");
  same((await world.backstage("refreshes")).count - before.count, 1, "refreshes after that");
}

export async function twentyRequestsAtExpiryRefreshOnce(world) {
  const person = await signUp(world);
  const before = await world.backstage("refreshes");
  world.happened();
  await world.backstage("turn-clock", TWO_HOURS);

  const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask("/protected")));

  same(answers.map((answer) => answer.status), Array(20).fill(200), "the protected route");
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  holds(bodies.every((body) => body.userId === person.id), "an answer is for somebody else");
  same((await world.backstage("refreshes")).count - before.count, 1, "refreshes");
  same(world.happened().filter(otherThanPayload), ["REFRESH_SESSION"], "events");
}

export async function aHalfSignedInSessionIsRenewedAndStaysHalf(world) {
  await halfSignedInAdmin(world);
  await world.backstage("turn-clock", TWO_HOURS);

  same((await world.ask("/protected")).status, 403, "the protected route");
  same((await session.getAccessTokenPayloadSecurely())["st-mfa"].v, false, "the claim");
}

export async function aSessionEndedByTheServerIsNotRenewed(world) {
  const person = await signUp(world);
  await world.backstage("revoke", { userId: person.id });
  world.happened();
  await world.backstage("turn-clock", TWO_HOURS);

  same((await world.ask("/protected")).status, 401, "the protected route after expiry");

  same(world.happened(), ["UNAUTHORISED"], "events");
  same(await session.doesSessionExist(), false, "a session afterwards");
}

export async function aClientThatKnowsTheTimeAsksForNothingWithAnExpiredToken(world) {
  await signUp(world);
  const before = await world.backstage("refreshes");
  await world.backstage("turn-clock", TWO_HOURS);
  const machinesNow = Date.now;
  Date.now = () => machinesNow() + TWO_HOURS.seconds * 1000;

  same(await session.doesSessionExist(), true, "a session");

  Date.now = machinesNow;
  same((await world.backstage("refreshes")).count - before.count, 1, "refreshes");
}
