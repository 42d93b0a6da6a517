// SPDX-License-Identifier: Apache-2.0
// Second factors: codes by mail and SMS, links, authenticators; required of a person, of a tenant.

import supertokens from "supertokens-node";
import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";
import multitenancy from "supertokens-node/recipe/multitenancy/index.js";
import passwordless from "supertokens-node/recipe/passwordless/index.js";
import totp from "supertokens-node/recipe/totp/index.js";
import userMetadata from "supertokens-node/recipe/usermetadata/index.js";

import { PASSWORD, codeOf, newAddress, newNumber, newPerson, newTenant } from "./application.mjs";
import { holds, same } from "./checks.mjs";

const tenantId = "public";

export async function aCodeByFunction(_) {
  const email = newAddress();
  const { deviceId, preAuthSessionId, userInputCode } = await passwordless.createCode({ tenantId, email });
  await passwordless.createNewCodeForDevice({ tenantId, deviceId, userInputCode: "654321" });
  const given = { tenantId, deviceId, preAuthSessionId };

  const wrong = await passwordless.consumeCode({ ...given, userInputCode: "nonsense" });

  same(wrong.status, "INCORRECT_USER_INPUT_CODE_ERROR", "a wrong code");
  same([wrong.failedCodeInputAttemptCount, wrong.maximumCodeInputAttempts], [1, 5], "tries");
  const challenge = await passwordless.listCodesByDeviceId({ tenantId, deviceId });
  same([challenge.email, challenge.codes.length], [email, 2], "the challenge and its codes");
  same((await passwordless.listCodesByEmail({ tenantId, email })).length, 1, "challenges of the address");
  const found = await passwordless.listCodesByPreAuthSessionId({ tenantId, preAuthSessionId });
  same(found.failedCodeInputAttemptCount, 1, "its tries");
  const right = { ...given, userInputCode: "654321" };
  same((await passwordless.checkCode(right)).status, "OK", "checked, not used");
  const consumed = await passwordless.consumeCode(right);
  same([consumed.status, consumed.createdNewRecipeUser], ["OK", true], "the second code");
  const again = await passwordless.consumeCode({ ...given, userInputCode });
  same(again.status, "RESTART_FLOW_ERROR", "the first code, afterwards");
}

export async function linksAndNumbers(_) {
  const phoneNumber = newNumber();
  const link = new URL(await passwordless.createMagicLink({ tenantId, phoneNumber }));
  const preAuthSessionId = link.searchParams.get("preAuthSessionId");

  const consumed = await passwordless.consumeCode({ tenantId, preAuthSessionId, linkCode: link.hash.slice(1) });

  same([consumed.status, consumed.user.phoneNumbers], ["OK", [phoneNumber]], "the link");
  const { codeId } = await passwordless.createCode({ tenantId, phoneNumber });
  await passwordless.revokeCode({ tenantId, codeId });
  same(await passwordless.listCodesByPhoneNumber({ tenantId, phoneNumber }), [], "revoked");
  await passwordless.createCode({ tenantId, phoneNumber });
  await passwordless.revokeAllCodes({ tenantId, phoneNumber });
  same(await passwordless.listCodesByPhoneNumber({ tenantId, phoneNumber }), [], "all revoked");
  const [[{ recipeUserId }], email] = [consumed.user.loginMethods, newAddress()];
  same((await passwordless.updateUser({ recipeUserId, email })).status, "OK", "an address besides");
  await passwordless.updateUser({ recipeUserId, phoneNumber: null });
  const changed = await supertokens.getUser(consumed.user.id);
  same([changed.emails, changed.phoneNumbers], [[email], []], "instead of the number");
  same((await passwordless.signInUp({ tenantId, email })).createdNewRecipeUser, false, "signing in by it");
}

export async function tooManyTries(_) {
  const { deviceId, preAuthSessionId, userInputCode } = await passwordless.createCode({ tenantId, email: newAddress() });
  const give = async (code) =>
    (await passwordless.consumeCode({ tenantId, deviceId, preAuthSessionId, userInputCode: code })).status;
  const seen = [];
  for (let left = 5; left > 0; left -= 1) seen.push(await give("nonsense"));

  const four = Array(4).fill("INCORRECT_USER_INPUT_CODE_ERROR");
  same(seen, [...four, "RESTART_FLOW_ERROR"], "five wrong codes");
  same(await give(userInputCode), "RESTART_FLOW_ERROR", "the right one, too late");
}

export async function authenticatorsByFunction(_) {
  const { id } = await newPerson();
  const device = await totp.createDevice(id, "person@example.com", "phone");
  same([device.status, device.deviceName], ["OK", "phone"], "made");
  holds(device.qrCodeString.startsWith("otpauth://totp/"), "with a picture to scan");

  const proven = await totp.verifyDevice("public", id, "phone", codeOf(device.secret));

  same([proven.status, proven.wasAlreadyVerified], ["OK", false], "proven");
  same((await totp.listDevices(id)).devices.map((one) => one.verified), [true], "listed as proven");
  same((await totp.createDevice(id, undefined, "phone")).status, "DEVICE_ALREADY_EXISTS_ERROR", "the name is taken");
  same((await totp.updateDevice(id, "phone", "watch")).status, "OK", "renamed");
  same((await totp.updateDevice(id, "phone", "watch")).status, "UNKNOWN_DEVICE_ERROR", "renamed again");
  const wrong = await totp.verifyTOTP("public", id, "nonsense");
  same([wrong.status, wrong.currentNumberOfFailedAttempts], ["INVALID_TOTP_ERROR", 1], "a wrong code");
  const following = codeOf(device.secret, 1);
  same((await totp.verifyTOTP("public", id, following)).status, "OK", "the code that follows");
  same((await totp.verifyTOTP("public", id, following)).status, "INVALID_TOTP_ERROR", "that code again");
  let last;
  for (let left = 5; left > 0; left -= 1) last = await totp.verifyTOTP("public", id, "nonsense");
  same(last.status, "LIMIT_REACHED_ERROR", "too many wrong codes");
  same((await totp.removeDevice(id, "watch")).didDeviceExist, true, "removed");
  same((await totp.verifyTOTP("public", id, "123456")).status, "UNKNOWN_USER_ID_ERROR", "no device is left");
}

export async function fromSigningUpToEveryFactor(world) {
  const [client, email] = [world.client(), newAddress()];
  const { id } = (await client.form("/signup", { email, password: PASSWORD })).user;
  same(await client.factors(), [true, ["emailpassword"]], "nothing more is required");
  await multiFactorAuth.addToRequiredSecondaryFactorsForUser(id, "otp-email");
  same(await multiFactorAuth.getRequiredSecondaryFactorsForUser(id), ["otp-email"], "a code is required");
  const { metadata } = await userMetadata.getUserMetadata(id);
  same(metadata, { _supertokens: { requiredSecondaryFactors: ["otp-email"] } }, "and kept in the metadata");

  const again = world.client();
  await again.form("/signin", { email, password: PASSWORD });

  same(await again.status(), 403, "before the code");
  const info = await again.auth("PUT", "/mfa/info");
  same([info.factors.next, info.emails["otp-email"]], [["otp-email"], [email]], "what comes next");
  same((await again.secondFactor({ email })).status, "OK", "the code");
  same(await again.status(), 200, "after the code");
  same(await again.factors(), [true, ["emailpassword", "otp-email"]], "the claim");
  same((await supertokens.getUser(id)).loginMethods.length, 2, "one person, two login methods");
  const device = await again.auth("POST", "/totp/device", { deviceName: "phone" });
  const code = { deviceName: "phone", totp: codeOf(device.secret) };
  same((await again.auth("POST", "/totp/device/verify", code)).status, "OK", "an authenticator");
  const setUp = await multiFactorAuth.getFactorsSetupForUser(id);
  same(setUp.sort(), ["emailpassword", "link-email", "otp-email", "totp"], "all are set up");
  await multiFactorAuth.removeFromRequiredSecondaryFactorsForUser(id, "otp-email");
  await multiFactorAuth.addToRequiredSecondaryFactorsForUser(id, "totp");
  const third = world.client();
  await third.form("/signin", { email, password: PASSWORD });
  same((await third.auth("PUT", "/mfa/info")).factors.next, ["totp"], "the authenticator is required instead");
  const next = await third.auth("POST", "/totp/verify", { totp: codeOf(device.secret, 1) });
  same([next.status, await third.status()], ["OK", 200], "its code opens everything");
}

export async function requiredByATenant(world) {
  const tenant = await newTenant({ firstFactors: ["emailpassword"], requiredSecondaryFactors: ["otp-phone"] });
  const [client, email, phoneNumber] = [world.client(), newAddress(), newNumber()];
  const { id } = (await client.form("/signup", { email, password: PASSWORD })).user;
  same(await client.status(), 200, "elsewhere a password is enough");
  await multitenancy.associateUserToTenant(tenant, supertokens.convertToRecipeUserId(id));
  const there = world.client();

  await there.form(`/${tenant}/signin`, { email, password: PASSWORD });

  same(await there.status(), 403, "before the code");
  same((await there.auth("PUT", "/mfa/info")).factors.next, ["otp-phone"], "what comes next");
  same((await there.secondFactor({ phoneNumber }, `/${tenant}`)).status, "OK", "the code");
  same(await there.status(), 200, "after the code");
  same((await supertokens.getUser(id)).phoneNumbers, [phoneNumber], "the number is the person's");
}
