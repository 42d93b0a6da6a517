// SPDX-License-Identifier: Apache-2.0
// Tenants: each with its own people, first factors, required factors and providers.

import supertokens from "supertokens-node";
import emailPassword from "supertokens-node/recipe/emailpassword/index.js";
import multitenancy from "supertokens-node/recipe/multitenancy/index.js";
import session from "supertokens-node/recipe/session/index.js";
import thirdParty from "supertokens-node/recipe/thirdparty/index.js";

import { PASSWORD, newAddress, newTenant } from "./application.mjs";
import { holds, same } from "./checks.mjs";

export async function configuration(world) {
  const tenant = await newTenant({ firstFactors: ["emailpassword"], requiredSecondaryFactors: ["otp-email"] });

  const found = await multitenancy.getTenant(tenant);

  same([found.firstFactors, found.requiredSecondaryFactors], [["emailpassword"], ["otp-email"]], "factors");
  const changed = await multitenancy.createOrUpdateTenant(tenant, { firstFactors: ["emailpassword", "thirdparty"] });
  same(changed.createdNew, false, "changed, not made");
  const after = await multitenancy.getTenant(tenant);
  same(after.firstFactors.sort(), ["emailpassword", "thirdparty"], "other first factors");
  same(after.requiredSecondaryFactors, ["otp-email"], "what was not named stays");
  const methods = await world.client().auth("GET", `/${tenant}/loginmethods`);
  same(methods.firstFactors.sort(), ["emailpassword", "thirdparty"], "and the browser is told");
  const { tenants } = await multitenancy.listAllTenants();
  holds(tenants.some((one) => one.tenantId === tenant), "it is listed");
  same(await multitenancy.getTenant("no-such-tenant"), undefined, "an unknown tenant");
  same((await multitenancy.deleteTenant(tenant)).didExist, true, "deleted");
  same((await multitenancy.deleteTenant(tenant)).didExist, false, "deleted again");
}

export async function providers(_) {
  const tenant = await newTenant({});
  const clients = [{ clientId: "client", clientSecret: "secret", scope: ["email"] }];
  const config = { thirdPartyId: "github", name: "GitHub", clients };

  same((await multitenancy.createOrUpdateThirdPartyConfig(tenant, config)).createdNew, true, "added");

  const [found] = (await multitenancy.getTenant(tenant)).thirdParty.providers;
  same([found.thirdPartyId, found.clients[0].clientId], ["github", "client"], "found");
  same((await thirdParty.getProvider(tenant, "github")).config.clientId, "client", "and used");
  same((await multitenancy.createOrUpdateThirdPartyConfig(tenant, config)).createdNew, false, "changed");
  same((await multitenancy.deleteThirdPartyConfig(tenant, "github")).didConfigExist, true, "removed");
  same((await multitenancy.getTenant(tenant)).thirdParty.providers, [], "none is left");
}

export async function isolation(world) {
  const [one, two, email] = [await newTenant({}), await newTenant({}), newAddress()];
  const client = world.client();

  const signedUp = await client.form(`/${one}/signup`, { email, password: PASSWORD });

  same(signedUp.user.tenantIds, [one], "signed up in one");
  const there = await emailPassword.signIn(two, email, PASSWORD);
  same(there.status, "WRONG_CREDENTIALS_ERROR", "unknown in the other");
  same(await supertokens.listUsersByAccountInfo(two, { email }), [], "not found in the other");
  const other = (await emailPassword.signUp(two, email, PASSWORD)).user;
  holds(other.id !== signedUp.user.id, "another person there");
  const counts = [one, two].map((tenant) => supertokens.getUserCount(undefined, tenant));
  same(await Promise.all(counts), [1, 1], "counts");
  same((await client.ask("GET", "/protected")).json.payload.tId, one, "the session is of its tenant");
  await multitenancy.deleteTenant(two);
  same((await supertokens.getUser(other.id)).tenantIds, [], "a tenant goes, its people stay without one");
}

export async function membership(world) {
  const [tenant, email] = [await newTenant({}), newAddress()];
  const person = (await emailPassword.signUp("public", email, PASSWORD)).user;
  const [{ recipeUserId }] = person.loginMethods;
  const join = () => multitenancy.associateUserToTenant(tenant, recipeUserId);

  const joined = await join();

  same([joined.status, joined.wasAlreadyAssociated], ["OK", false], "joined");
  same((await join()).wasAlreadyAssociated, true, "joined again");
  const client = world.client();
  await client.form(`/${tenant}/signin`, { email, password: PASSWORD });
  same((await session.getAllSessionHandlesForUser(person.id, true, tenant)).length, 1, "a session there");
  same(await session.getAllSessionHandlesForUser(person.id, true, "public"), [], "and none here");
  const left = await multitenancy.disassociateUserFromTenant(tenant, recipeUserId);
  same([left.status, left.wasAssociated], ["OK", true], "left");
  same(await client.status("/checked"), 401, "and the session there is over");
  same((await supertokens.getUser(person.id)).tenantIds, ["public"], "the first tenant is left");
}
