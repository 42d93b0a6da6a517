// SPDX-License-Identifier: Apache-2.0
// "Initial setup", support cases: a code by mail verifies the address, and verification is REQUIRED, so that a code for
// an address that is not the account's opens nothing.

import emailVerification from "supertokens-node/recipe/emailverification/index.js";
import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";

import { PASSWORD, collected, newAddress, start } from "./application.mjs";
import { same, tell } from "./checks.mjs";
import { recipes } from "./recipes.mjs";

const { OTP_EMAIL } = multiFactorAuth.FactorIds;

const override = {
  functions: (originalImplementation) => ({
    ...originalImplementation,
    getMFARequirementsForAuth: async function (input) {
      return [OTP_EMAIL];
    },
    // Codes come before verification, since they are what verifies.
    assertAllowedToSetupFactorElseThrowInvalidClaimError: async function (input) {},
  }),
};

async function aCodeForTheOwnAddress(world) {
  const [client, email] = [world.client(), newAddress()];
  await client.form("/signup", { email, password: PASSWORD });

  same(await client.status(), 403, "the protected route before the code");
  same((await client.secondFactor({ email })).status, "OK", "the code");
  await client.auth("GET", "/user/email/verify");
  same(await client.status(), 200, "the protected route after it");
}

async function aCodeForAnotherAddress(world) {
  const client = world.client();
  await client.form("/signup", { email: newAddress(), password: PASSWORD });

  same((await client.secondFactor({ email: newAddress() })).status, "OK", "the code, asked for by hand");
  same((await client.auth("GET", "/user/email/verify")).isVerified, false, "the account's own address");
  same(await client.status(), 403, "the protected route after it");
}

const world = await start([
  ...recipes({ multiFactorAuth: { override } }),
  emailVerification.init({ mode: "REQUIRED", emailDelivery: collected }),
]);
await tell(world, [aCodeForTheOwnAddress, aCodeForAnotherAddress]);
