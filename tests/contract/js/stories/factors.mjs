// SPDX-License-Identifier: Apache-2.0

import emailPassword from "supertokens-web-js/recipe/emailpassword/index.js";
import emailVerification from "supertokens-web-js/recipe/emailverification/index.js";
import multiFactorAuth from "supertokens-web-js/recipe/multifactorauth/index.js";
import passwordless from "supertokens-web-js/recipe/passwordless/index.js";
import session from "supertokens-web-js/recipe/session/index.js";

import { holds, newAddress, same } from "../world.mjs";
import { PASSWORD, follow, formFields, halfSignedInAdmin, mailTo, signUp } from "./people.mjs";

const { MultiFactorAuthClaim } = multiFactorAuth;
const wrong = (code) => String((Number(code) + 1) % 1e6).padStart(6, "0");
// The package asks for verified addresses wherever its recipe is used; the server does not, here.
const missedClaims = async () => (await session.validateClaims()).map((error) => error.id);

export async function anOrdinaryUserNeedsNoCode(world) {
  await signUp(world);

  const info = await multiFactorAuth.resyncSessionAndFetchMFAInfo();

  same(info.factors.next, [], "the factors that come next");
  const claim = await session.getClaimValue({ claim: MultiFactorAuthClaim });
  same([claim.v, Object.keys(claim.c)], [true, ["emailpassword"]], "the claim");
  same(await missedClaims(), ["st-ev"], "claims that fail");
}

export async function anAdministratorGivesACodeBeforeAnythingOpens(world) {
  const person = await halfSignedInAdmin(world);
  world.happened();
  const refused = await world.ask("/protected");
  same(refused.status, 403, "the protected route before the code");
  same(world.happened(), ["API_INVALID_CLAIM"], "events of the refusal");
  const claims = await session.getInvalidClaimsFromResponse({ response: refused });
  same(claims.map((claim) => claim.id), ["st-mfa"], "the claims that the server misses");
  same(await missedClaims(), ["st-ev", "st-mfa"], "the claims that the browser misses");
  const info = await multiFactorAuth.resyncSessionAndFetchMFAInfo();
  same(info.factors.next, ["otp-email"], "the factors that come next");
  same(info.emails["otp-email"], [person.email], "the addresses for a code");

  const created = await passwordless.createCode({ email: person.email, shouldTryLinkingWithSessionUser: true });

  same([created.status, created.flowType], ["OK", "USER_INPUT_CODE"], "asking for a code");
  const first = await mailTo(world, person.email);
  const failed = await passwordless.consumeCode({ userInputCode: wrong(first.code) });
  same(failed.status, "INCORRECT_USER_INPUT_CODE_ERROR", "the wrong code");
  same([failed.failedCodeInputAttemptCount, failed.maximumCodeInputAttempts], [1, 5], "the tries");
  same((await passwordless.resendCode()).status, "OK", "asking for another code");
  const second = await mailTo(world, person.email);
  same(second.count, first.count + 1, "messages");
  const done = await passwordless.consumeCode({ userInputCode: second.code });
  same([done.status, done.user.id], ["OK", person.id], "the right code");
  same(done.user.loginMethods.length, 2, "login methods");

  same(await (await world.ask("/protected")).json(), { userId: person.id }, "the protected route after the code");
  const claim = await session.getClaimValue({ claim: MultiFactorAuthClaim });
  same([claim.v, Object.keys(claim.c).sort()], [true, ["emailpassword", "otp-email"]], "the claim after the code");
  same((await emailVerification.isEmailVerified()).isVerified, true, "the address after the code");
  same(await missedClaims(), [], "the claims that the browser misses after the code");
  same(await session.getUserId(), person.id, "the user after the code");
  const after = await multiFactorAuth.resyncSessionAndFetchMFAInfo();
  same(after.factors.next, [], "the factors that come next, after the code");
  holds(after.factors.alreadySetup.includes("otp-email"), "the code is not set up");
}

export async function anAdministratorCompletesTheCodeTwiceInARow(world) {
  const person = await halfSignedInAdmin(world);
  for (const round of ["first", "second"]) {
    await multiFactorAuth.resyncSessionAndFetchMFAInfo();
    await passwordless.createCode({ email: person.email, shouldTryLinkingWithSessionUser: true });
    const { code } = await mailTo(world, person.email);
    same((await passwordless.consumeCode({ userInputCode: code })).status, "OK", `the code of the ${round} session`);
    same((await world.ask("/admin")).status, 200, `the route for administrators in the ${round} session`);
    await session.signOut();
    const again = await emailPassword.signIn({ formFields: formFields(person.email, PASSWORD) });
    same(again.status, "OK", `signing in after the ${round} session`);
    same((await world.ask("/protected")).status, 403, `the protected route after the ${round} session`);
  }
}

async function signsInByCode(world, contact) {
  const created = await passwordless.createCode(contact);
  same([created.status, created.flowType], ["OK", "USER_INPUT_CODE_AND_MAGIC_LINK"], "asking for a code");
  holds((await passwordless.getLoginAttemptInfo()).deviceId === created.deviceId, "the attempt is not remembered");
  const { code } = await mailTo(world, contact.email ?? contact.phoneNumber);

  const failed = await passwordless.consumeCode({ userInputCode: wrong(code) });
  same(failed.status, "INCORRECT_USER_INPUT_CODE_ERROR", "the wrong code");
  same(await session.doesSessionExist(), false, "a session after the wrong code");
  const done = await passwordless.consumeCode({ userInputCode: code });

  same([done.status, done.createdNewRecipeUser], ["OK", true], "the right code");
  same(await session.getUserId(), done.user.id, "getUserId");
  same((await world.ask("/protected")).status, 200, "the protected route");
  same((await passwordless.consumeCode({ userInputCode: code })).status, "RESTART_FLOW_ERROR", "the code used twice");
  await passwordless.clearLoginAttemptInfo();
  await session.signOut();
  return done;
}

export async function signsInByACodeSentByMail(world) {
  const email = newAddress();
  same((await passwordless.doesEmailExist({ email })).doesExist, false, "the address before");

  const done = await signsInByCode(world, { email });

  same(done.user.emails, [email], "the user's addresses");
  same((await passwordless.doesEmailExist({ email })).doesExist, true, "the address after");
}

export async function signsInByACodeSentByTextMessage(world) {
  const phoneNumber = `+4179${String(Math.floor(Math.random() * 1e7)).padStart(7, "0")}`;

  const done = await signsInByCode(world, { phoneNumber });

  same(done.user.phoneNumbers, [phoneNumber], "the user's phone numbers");
  same((await passwordless.doesPhoneNumberExist({ phoneNumber })).doesExist, true, "the number after");
}

export async function signsInByAMagicLink(world) {
  const email = newAddress();
  await passwordless.createCode({ email });
  follow((await mailTo(world, email)).link);
  holds(passwordless.getLinkCodeFromURL().length > 20, "the code of the link is missing");
  same(passwordless.getTenantIdFromURL(), "public", "the tenant of the link");
  const { preAuthSessionId } = await passwordless.getLoginAttemptInfo();
  same(passwordless.getPreAuthSessionIdFromURL(), preAuthSessionId, "the attempt of the link");
  await passwordless.clearLoginAttemptInfo(); // as if the link were opened on another device

  const done = await passwordless.consumeCode();

  same([done.status, done.createdNewRecipeUser, done.user.emails], ["OK", true, [email]], "following the link");
  same((await world.ask("/protected")).status, 200, "the protected route");
  same((await passwordless.consumeCode()).status, "RESTART_FLOW_ERROR", "the link used twice");
  follow(location.origin);
}

export async function isToldThatAnAddressIsNone(world) {
  const error = await passwordless.createCode({ email: "nobody" }).catch((thrown) => thrown);

  same([error.isSuperTokensGeneralError, error.message], [true, "Email is invalid"], "the error");
}
