// SPDX-License-Identifier: Apache-2.0
// "OTP for specific users", example 2: whoever has once given a code by mail is asked for one from then on.

import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";

import { PASSWORD, newAddress, start } from "./application.mjs";
import { same, tell } from "./checks.mjs";
import { recipes } from "./recipes.mjs";

const { OTP_EMAIL } = multiFactorAuth.FactorIds;

const override = {
  apis: (oI) => ({
    ...oI,
    consumeCodePOST: async function (input) {
      const response = await oI.consumeCodePOST(input);
      if (response.status === "OK" && input.session !== undefined) {
        // Only if a session exists: this is not a first factor.
        await multiFactorAuth.addToRequiredSecondaryFactorsForUser(input.session.getUserId(), OTP_EMAIL);
      }
      return response;
    },
  }),
};

async function isOTPEmailEnabledForUser(userId) {
  const factors = await multiFactorAuth.getRequiredSecondaryFactorsForUser(userId);
  return factors.includes(OTP_EMAIL);
}

async function disableMFAForUser(userId) {
  await multiFactorAuth.removeFromRequiredSecondaryFactorsForUser(userId, OTP_EMAIL);
}

async function aCodeOnceGivenIsAskedForAgain(world) {
  const [client, email] = [world.client(), newAddress()];
  const { id } = (await client.form("/signup", { email, password: PASSWORD })).user;
  same([await client.status(), await isOTPEmailEnabledForUser(id)], [200, false], "a password is enough at first");

  same((await client.secondFactor({ email })).status, "OK", "a code, given in the settings");

  same(await isOTPEmailEnabledForUser(id), true, "codes are on");
  const again = world.client();
  await again.form("/signin", { email, password: PASSWORD });
  same(await again.status(), 403, "signed in again, before the code");
  same((await again.secondFactor({ email })).status, "OK", "the code");
  same(await again.status(), 200, "after the code");
  await disableMFAForUser(id);
  const third = world.client();
  await third.form("/signin", { email, password: PASSWORD });
  same([await third.status(), await isOTPEmailEnabledForUser(id)], [200, false], "switched off");
}

const world = await start(recipes({ passwordless: { override } }));
await tell(world, [aCodeOnceGivenIsAskedForAgain]);
