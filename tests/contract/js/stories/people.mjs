// SPDX-License-Identifier: Apache-2.0
// How stories begin: somebody signs up, or reads mail.

import emailPassword from "supertokens-web-js/recipe/emailpassword/index.js";
import session from "supertokens-web-js/recipe/session/index.js";

import { newAddress, same } from "../world.mjs";

export const PASSWORD = "correct horse 1 battery";

export const formFields = (email, password) => [
  { id: "email", value: email },
  { id: "password", value: password },
];

// Signs up somebody new and returns them.
export async function signUp(world) {
  const email = newAddress();
  const answer = await emailPassword.signUp({ formFields: formFields(email, PASSWORD) });
  same(answer.status, "OK", "signing up");
  return { email, id: await session.getUserId() };
}

// Signs up, makes the person an administrator, signs in again with the password alone.
export async function halfSignedInAdmin(world) {
  const person = await signUp(world);
  await world.backstage("make-admin", { userId: person.id });
  await session.signOut();
  await signIn(person);
  return person;
}

export async function signIn({ email }, password = PASSWORD) {
  const answer = await emailPassword.signIn({ formFields: formFields(email, password) });
  same(answer.status, "OK", "signing in");
  return answer;
}

// What the newest message to an address holds.
export async function mailTo(world, to) {
  const { newest, count } = await world.backstage("mail", { to });
  return { count, code: newest.match(/\b\d{6}\b/)?.[0], link: newest.match(/https?:\/\/\S+/)?.[0] };
}

// Opens a link of a message, as far as the packages see it: they read the address of the page.
export function follow(link) {
  const url = new URL(link);
  history.replaceState(null, "", url.pathname + url.search + url.hash);
}
