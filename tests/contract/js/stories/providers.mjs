// SPDX-License-Identifier: Apache-2.0

import session from "supertokens-web-js/recipe/session/index.js";
import thirdParty from "supertokens-web-js/recipe/thirdparty/index.js";

import { holds, newAddress, same } from "../world.mjs";
import { follow } from "./people.mjs";

// Goes to the provider as `email`, agrees there, and comes back to the page.
async function goesToProvider(world, email) {
  const frontendRedirectURI = `${location.origin}/auth/callback/local`;
  const asked = { thirdPartyId: "local", frontendRedirectURI };
  const url = await thirdParty.getAuthorisationURLWithQueryParamsAndSetState(asked);
  const { back } = await world.backstage("agree-at-provider", { url, email });
  same(back.startsWith(`${frontendRedirectURI}?`), true, "the way back");
  follow(back);
}

export async function signsInAtAProvider(world) {
  const email = newAddress();
  await goesToProvider(world, email);

  const first = await thirdParty.signInAndUp();

  same([first.status, first.createdNewRecipeUser, first.user.emails], ["OK", true, [email]], "the first time");
  same((await world.ask("/protected")).status, 200, "the protected route");
  await session.signOut();
  await goesToProvider(world, email);
  const again = await thirdParty.signInAndUp();
  same([again.status, again.createdNewRecipeUser, again.user.id], ["OK", false, first.user.id], "the second time");
  follow(location.origin);
}

export async function comesBackWithAForgedState(world) {
  await goesToProvider(world, newAddress());
  const forged = new URL(location);
  forged.searchParams.set("state", "of somebody else");
  follow(forged);

  const error = await thirdParty.signInAndUp().catch((thrown) => thrown);

  holds(error.message.startsWith("Auth state verification failed"), `the refusal: ${error.message}`);
  same(await session.doesSessionExist(), false, "a session");
  follow(location.origin);
}
