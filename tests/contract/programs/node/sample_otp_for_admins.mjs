// SPDX-License-Identifier: Apache-2.0
// "OTP for specific users", example 1: only people with the role `admin` give a code by mail after their password.

import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";
import userRoles from "supertokens-node/recipe/userroles/index.js";

import { PASSWORD, newAddress, newPerson, start } from "./application.mjs";
import { same, tell } from "./checks.mjs";
import { recipes } from "./recipes.mjs";

const override = {
  functions: (originalImplementation) => ({
    ...originalImplementation,
    getMFARequirementsForAuth: async function (input) {
      const roles = await userRoles.getRolesForUser(input.tenantId, (await input.user).id);
      // only admins are asked for a code
      return roles.roles.includes("admin") ? [multiFactorAuth.FactorIds.OTP_EMAIL] : [];
    },
  }),
};

async function anOrdinaryUserNeedsNoCode(world) {
  const client = world.client();
  await client.form("/signup", { email: newAddress(), password: PASSWORD });

  same(await client.status(), 200, "the protected route");
  same(await client.factors(), [true, ["emailpassword"]], "the claim");
}

async function anAdministratorGivesACode(world) {
  const [client, person] = [world.client(), await newPerson()];
  await userRoles.createNewRoleOrAddPermissions("admin", []);
  await userRoles.addRoleToUser("public", person.id, "admin");
  const [email] = person.emails;

  await client.form("/signin", { email, password: PASSWORD });

  same(await client.status(), 403, "the protected route before the code");
  same(await client.factors(), [false, ["emailpassword"]], "the claim before the code");
  same((await client.secondFactor({ email })).status, "OK", "the code");
  same(await client.factors(), [true, ["emailpassword", "otp-email"]], "the claim after the code");
  same(await client.status(), 200, "the protected route after the code");
}

const world = await start(recipes({ multiFactorAuth: { override } }));
await tell(world, [anOrdinaryUserNeedsNoCode, anAdministratorGivesACode]);
