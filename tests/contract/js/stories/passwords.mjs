// SPDX-License-Identifier: Apache-2.0

import emailPassword from "supertokens-web-js/recipe/emailpassword/index.js";
import emailVerification from "supertokens-web-js/recipe/emailverification/index.js";
import session from "supertokens-web-js/recipe/session/index.js";

import { holds, newAddress, same } from "../world.mjs";
import { PASSWORD, follow, formFields, mailTo, signIn, signUp } from "./people.mjs";

export async function signsUpAndIsIn(world) {
  same(await session.doesSessionExist(), false, "a session before signing up");
  const email = newAddress();
  same((await emailPassword.doesEmailExist({ email })).doesExist, false, "the address before signing up");

  const answer = await emailPassword.signUp({ formFields: formFields(email, PASSWORD) });

  same(answer.status, "OK", "signing up");
  same(answer.user.emails, [email], "the user's addresses");
  same(answer.user.loginMethods.map((method) => method.recipeId), ["emailpassword"], "the user's login methods");
  same((await emailPassword.doesEmailExist({ email })).doesExist, true, "the address after signing up");
  same(world.happened(), ["SESSION_CREATED"], "events");
  same(await session.doesSessionExist(), true, "a session after signing up");
  same(await session.getUserId(), answer.user.id, "getUserId");
  const payload = await session.getAccessTokenPayloadSecurely();
  same([payload.sub, payload.rsub, payload.tId], [answer.user.id, answer.user.id, "public"], "the payload");
  same(await (await world.ask("/protected")).json(), { userId: answer.user.id }, "the protected route");
}

export async function isToldWhatIsWrongWhenSigningUp(world) {
  const { email } = await signUp(world);
  await session.signOut();

  const twice = await emailPassword.signUp({ formFields: formFields(email, PASSWORD) });
  const weak = await emailPassword.signUp({ formFields: formFields("nobody", "short") });

  same(twice.status, "FIELD_ERROR", "signing up twice");
  same(twice.formFields.map((field) => field.id), ["email"], "the field of signing up twice");
  same(weak.status, "FIELD_ERROR", "signing up with nonsense");
  same(weak.formFields.map((field) => field.id).sort(), ["email", "password"], "the fields of nonsense");
  same(await session.doesSessionExist(), false, "a session afterwards");
}

export async function signsInWithTheRightPasswordOnly(world) {
  const person = await signUp(world);
  await session.signOut();

  const wrong = await emailPassword.signIn({ formFields: formFields(person.email, `${PASSWORD}!`) });

  same(wrong.status, "WRONG_CREDENTIALS_ERROR", "the wrong password");
  same(await session.doesSessionExist(), false, "a session after the wrong password");
  world.happened();
  const right = await signIn(person);
  same(right.user.id, person.id, "the user");
  same(world.happened(), ["SESSION_CREATED"], "events");
}

export async function resetsThePasswordByLink(world) {
  const person = await signUp(world);
  await session.signOut();
  const sent = await emailPassword.sendPasswordResetEmail({ formFields: [{ id: "email", value: person.email }] });
  same(sent.status, "OK", "asking for a link");
  follow((await mailTo(world, person.email)).link);
  holds(emailPassword.getResetPasswordTokenFromURL().length > 20, "the token of the link is missing");
  same(emailPassword.getTenantIdFromURL(), "public", "the tenant of the link");
  const submit = (value) => emailPassword.submitNewPassword({ formFields: [{ id: "password", value }] });

  same((await submit("short")).status, "FIELD_ERROR", "a weak new password");
  same((await submit("another good 1")).status, "OK", "the new password");
  same((await submit("another good 2")).status, "RESET_PASSWORD_INVALID_TOKEN_ERROR", "the link used twice");

  const old = await emailPassword.signIn({ formFields: formFields(person.email, PASSWORD) });
  same(old.status, "WRONG_CREDENTIALS_ERROR", "the old password");
  await signIn(person, "another good 1");
  follow(location.origin);
}

export async function verifiesTheAddressByLink(world) {
  const person = await signUp(world);
  const { EmailVerificationClaim } = emailVerification;
  same(await session.getClaimValue({ claim: EmailVerificationClaim }), false, "the claim before");
  same((await emailVerification.isEmailVerified()).isVerified, false, "verified before");

  same((await emailVerification.sendVerificationEmail()).status, "OK", "asking for a link");
  follow((await mailTo(world, person.email)).link);
  same((await emailVerification.verifyEmail()).status, "OK", "following the link");

  same((await emailVerification.isEmailVerified()).isVerified, true, "verified after");
  same(await session.getClaimValue({ claim: EmailVerificationClaim }), true, "the claim after");
  same((await emailVerification.sendVerificationEmail()).status, "EMAIL_ALREADY_VERIFIED_ERROR", "asking again");
  follow(location.origin);
}
