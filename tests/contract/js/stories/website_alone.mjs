// SPDX-License-Identifier: Apache-2.0

import website from "supertokens-website/index.js";

import { newAddress, otherThanPayload, same } from "../world.mjs";
import { PASSWORD, formFields } from "./people.mjs";

const { default: Session } = website;

export async function formsOfOnesOwnHaveSessions(world) {
  const fields = JSON.stringify({ formFields: formFields(newAddress(), PASSWORD) });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: fields };
  same((await world.ask("/protected")).status, 401, "the protected route before signing up");
  const signedUp = await (await world.ask("/auth/signup", init)).json();
  same([signedUp.status, await Session.getUserId()], ["OK", signedUp.user.id], "signing up");
  const before = await world.backstage("refreshes");
  await world.backstage("turn-clock", { seconds: 7200 });

  const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask("/protected")));

  same(answers.map((answer) => answer.status), Array(20).fill(200), "the protected route after expiry");
  same((await world.backstage("refreshes")).count - before.count, 1, "refreshes");
  same(await Session.attemptRefreshingSession(), true, "refreshing when asked");
  await Session.signOut();
  same((await world.ask("/protected")).status, 401, "the protected route after signing out");
  const inTurn = ["UNAUTHORISED", "SESSION_CREATED", "REFRESH_SESSION", "REFRESH_SESSION", "SIGN_OUT", "UNAUTHORISED"];
  same(world.happened().filter(otherThanPayload), inTurn, "events");
}
