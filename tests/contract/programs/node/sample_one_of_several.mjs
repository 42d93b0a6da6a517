// SPDX-License-Identifier: Apache-2.0
// "Initial setup": any one of several factors is enough after the password, whichever the person has or prefers.

import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";

import { PASSWORD, codeOf, newAddress, start } from "./application.mjs";
import { same, tell } from "./checks.mjs";
import { recipes } from "./recipes.mjs";

const { OTP_EMAIL, TOTP } = multiFactorAuth.FactorIds;

const override = {
  functions: (originalImplementation) => ({
    ...originalImplementation,
    getMFARequirementsForAuth: async function (input) {
      return [{ oneOf: [TOTP, OTP_EMAIL] }];
    },
  }),
};

async function eitherIsEnough(world) {
  const [client, email] = [world.client(), newAddress()];
  await client.form("/signup", { email, password: PASSWORD });
  const { next } = (await client.auth("PUT", "/mfa/info")).factors;
  same([await client.status(), next.sort()], [403, [OTP_EMAIL, TOTP]], "nothing but the password");

  const { deviceName, secret } = await client.auth("POST", "/totp/device", {});
  await client.auth("POST", "/totp/device/verify", { deviceName, totp: codeOf(secret) });

  same(await client.factors(), [true, ["emailpassword", TOTP]], "an authenticator");
  same(await client.status(), 200, "the protected route after it");
  const again = world.client();
  await again.form("/signin", { email, password: PASSWORD });
  same((await again.auth("PUT", "/mfa/info")).factors.next, [TOTP], "what is set up comes next");
  const other = await again.ask("POST", "/auth/signinup/code", { email, shouldTryLinkingWithSessionUser: true });
  same(other.status, 403, "what is not set up stands in for nothing that is");
}

const world = await start(recipes({ multiFactorAuth: { override } }));
await tell(world, [eitherIsEnough]);
