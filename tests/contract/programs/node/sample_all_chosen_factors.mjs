// SPDX-License-Identifier: Apache-2.0
// "Initial setup": people choose factors for themselves, and all that they have chosen are asked for, in any order.

import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";
import userMetadata from "supertokens-node/recipe/usermetadata/index.js";

import { PASSWORD, codeOf, newAddress, start } from "./application.mjs";
import { same, tell } from "./checks.mjs";
import { recipes } from "./recipes.mjs";

const override = {
  functions: (originalImplementation) => ({
    ...originalImplementation,
    getMFARequirementsForAuth: async function (input) {
      return [{ allOfInAnyOrder: await input.requiredSecondaryFactorsForUser }];
    },
  }),
};

async function isTotpEnabledForUser(userId) {
  const factors = await multiFactorAuth.getRequiredSecondaryFactorsForUser(userId);
  return factors.includes(multiFactorAuth.FactorIds.TOTP);
}

async function allThatWereChosen(world) {
  const [client, email] = [world.client(), newAddress()];
  const { id } = (await client.form("/signup", { email, password: PASSWORD })).user;
  same([await client.status(), await isTotpEnabledForUser(id)], [200, false], "nothing was chosen");
  await multiFactorAuth.addToRequiredSecondaryFactorsForUser(id, multiFactorAuth.FactorIds.TOTP);
  same(await isTotpEnabledForUser(id), true, "an authenticator was chosen");
  await multiFactorAuth.addToRequiredSecondaryFactorsForUser(id, multiFactorAuth.FactorIds.OTP_EMAIL);
  const { metadata } = await userMetadata.getUserMetadata(id);
  same(metadata, { _supertokens: { requiredSecondaryFactors: ["totp", "otp-email"] } }, "kept in the metadata");

  const again = world.client();
  await again.form("/signin", { email, password: PASSWORD });

  const next = (await again.auth("PUT", "/mfa/info")).factors.next;
  same(next.sort(), ["otp-email", "totp"], "both come next");
  const { deviceName, secret } = await again.auth("POST", "/totp/device", {});
  await again.auth("POST", "/totp/device/verify", { deviceName, totp: codeOf(secret) });
  same(await again.status(), 403, "after one of them");
  same((await again.secondFactor({ email })).status, "OK", "the other");
  same(await again.status(), 200, "after both");
  same(await again.factors(), [true, ["emailpassword", "otp-email", "totp"]], "the claim");
}

const world = await start(recipes({ multiFactorAuth: { override } }));
await tell(world, [allThatWereChosen]);
