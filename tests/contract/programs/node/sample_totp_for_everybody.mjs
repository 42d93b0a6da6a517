// SPDX-License-Identifier: Apache-2.0
// "Initial setup": a password or an account elsewhere first, then an authenticator, for everybody.

import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";

import { PASSWORD, codeOf, newAddress, start } from "./application.mjs";
import { same, tell } from "./checks.mjs";
import { recipes } from "./recipes.mjs";

const override = {
  functions: (originalImplementation) => ({
    ...originalImplementation,
    getMFARequirementsForAuth: async function (input) {
      return [multiFactorAuth.FactorIds.TOTP];
    },
  }),
};

async function isTotpSetupForUser(userId) {
  const factors = await multiFactorAuth.getFactorsSetupForUser(userId);
  return factors.includes(multiFactorAuth.FactorIds.TOTP);
}

async function aCodeIsNoFirstFactor(world) {
  const answer = await world.client().ask("POST", "/auth/signinup/code", { email: newAddress() });

  same(answer.status, 401, "asking for a code without a session");
}

async function everybodySetsUpAnAuthenticator(world) {
  const [client, email] = [world.client(), newAddress()];
  const { id } = (await client.form("/signup", { email, password: PASSWORD })).user;
  same(await client.factors(), [false, ["emailpassword"]], "the claim after the password");
  same(await client.status(), 403, "the protected route");
  const { deviceName, secret } = await client.auth("POST", "/totp/device", {});
  same(await isTotpSetupForUser(id), false, "a device that is not proven");

  const proven = await client.auth("POST", "/totp/device/verify", { deviceName, totp: codeOf(secret) });

  same([proven.status, await isTotpSetupForUser(id)], ["OK", true], "its code");
  same(await client.status(), 200, "the protected route after it");
  const again = world.client();
  await again.form("/signin", { email, password: PASSWORD });
  same((await again.auth("PUT", "/mfa/info")).factors.next, ["totp"], "signed in again");
  const other = await again.ask("POST", "/auth/totp/device", {});
  same(other.status, 403, "another device instead of a code");
  same((await again.auth("POST", "/totp/verify", { totp: codeOf(secret, 1) })).status, "OK", "a code");
  same(await again.factors(), [true, ["emailpassword", "totp"]], "the claim after it");
}

const world = await start(recipes({ multiFactorAuth: { override } }));
await tell(world, [aCodeIsNoFirstFactor, everybodySetsUpAnAuthenticator]);
