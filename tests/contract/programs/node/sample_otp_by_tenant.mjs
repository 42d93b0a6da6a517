// SPDX-License-Identifier: Apache-2.0
// "OTP for specific users", with tenants: administrators, and those who want it, give a code where the tenant asks for
// codes, and nowhere else.

import supertokens from "supertokens-node";
import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";
import multitenancy from "supertokens-node/recipe/multitenancy/index.js";
import userRoles from "supertokens-node/recipe/userroles/index.js";

import { PASSWORD, newPerson, newTenant, start } from "./application.mjs";
import { same, tell } from "./checks.mjs";
import { recipes } from "./recipes.mjs";

const { OTP_EMAIL } = multiFactorAuth.FactorIds;

const override = {
  functions: (originalImplementation) => ({
    ...originalImplementation,
    getMFARequirementsForAuth: async function (input) {
      const roles = await userRoles.getRolesForUser(input.tenantId, (await input.user).id);
      const wanted =
        roles.roles.includes("admin") || (await input.requiredSecondaryFactorsForUser).includes(OTP_EMAIL);
      if (wanted && (await input.requiredSecondaryFactorsForTenant).includes(OTP_EMAIL)) {
        return [OTP_EMAIL];
      }
      // no otp-email required for input.user, with the input.tenant
      return [];
    },
  }),
};

// Returns the tenants that a new person belongs to, one with codes and one without, and signs in to either.
async function memberOfTwo(world) {
  const [strict, lenient] = [await newTenant({ requiredSecondaryFactors: [OTP_EMAIL] }), await newTenant({})];
  const person = await newPerson();
  const [{ recipeUserId }] = person.loginMethods;
  for (const tenant of [strict, lenient]) await multitenancy.associateUserToTenant(tenant, recipeUserId);
  const signIn = async (tenant) => {
    const client = world.client();
    await client.form(`/${tenant}/signin`, { email: person.emails[0], password: PASSWORD });
    return client;
  };
  return { person, strict, lenient, signIn };
}

async function anAdministrator(world) {
  const { person, strict, lenient, signIn } = await memberOfTwo(world);
  same(await (await signIn(strict)).status(), 200, "without the role");
  await userRoles.createNewRoleOrAddPermissions("admin", []);
  for (const tenant of [strict, lenient]) await userRoles.addRoleToUser(tenant, person.id, "admin");

  const client = await signIn(strict);

  same(await client.status(), 403, "with the role, before the code");
  same((await client.secondFactor({ email: person.emails[0] }, `/${strict}`)).status, "OK", "the code");
  same(await client.status(), 200, "after the code");
  same(await (await signIn(lenient)).status(), 200, "in the other tenant");
}

async function somebodyWhoWantsIt(world) {
  const { person, strict, lenient, signIn } = await memberOfTwo(world);
  await multiFactorAuth.addToRequiredSecondaryFactorsForUser(person.id, OTP_EMAIL);

  const client = await signIn(strict);

  same(await client.status(), 403, "before the code");
  same((await client.secondFactor({ email: person.emails[0] }, `/${strict}`)).status, "OK", "the code");
  same(await client.status(), 200, "after the code");
  same(await (await signIn(lenient)).status(), 200, "in the other tenant");
  same((await supertokens.getUser(person.id)).loginMethods.length, 2, "one person, two login methods");
}

const world = await start(recipes({ multiFactorAuth: { override } }));
await tell(world, [anAdministrator, somebodyWhoWantsIt]);
