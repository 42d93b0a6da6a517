// SPDX-License-Identifier: Apache-2.0
// People: signing up and in, proven addresses, forgotten passwords, what is known of them, finding and deleting them.

import supertokens from "supertokens-node";
import emailPassword from "supertokens-node/recipe/emailpassword/index.js";
import emailVerification from "supertokens-node/recipe/emailverification/index.js";
import session from "supertokens-node/recipe/session/index.js";
import thirdParty from "supertokens-node/recipe/thirdparty/index.js";
import userMetadata from "supertokens-node/recipe/usermetadata/index.js";
import userRoles from "supertokens-node/recipe/userroles/index.js";

import { PASSWORD, inbox, newAddress, newName, newPerson, tokenOf } from "./application.mjs";
import { holds, same } from "./checks.mjs";

export async function signingUpAndIn(world) {
  const [client, email] = [world.client(), newAddress()];
  const signedUp = await client.form("/signup", { email, password: PASSWORD });

  same(signedUp.status, "OK", "sign-up");
  same(await client.status(), 200, "the protected route after it");
  const again = await world.client().form("/signup", { email: email.toUpperCase(), password: PASSWORD });
  same([again.status, again.formFields[0].id], ["FIELD_ERROR", "email"], "the same address again");
  same((await client.auth("GET", `/emailpassword/email/exists?email=${email}`)).exists, true, "the address exists");
  const other = world.client();
  const wrong = await other.form("/signin", { email, password: `${PASSWORD}x` });
  same(wrong.status, "WRONG_CREDENTIALS_ERROR", "a wrong password");
  same(await other.status(), 401, "the protected route after it");
  const signedIn = await other.form("/signin", { email, password: PASSWORD });
  same(signedIn.user.id, signedUp.user.id, "the right password");
  same((await emailPassword.verifyCredentials("public", email, PASSWORD)).status, "OK", "credentials");
}

export async function provingAnAddress(world) {
  const [client, email] = [world.client(), newAddress()];
  await client.form("/signup", { email, password: PASSWORD });
  await client.auth("POST", "/user/email/verify/token");
  const body = { method: "token", token: tokenOf(inbox.at(-1).emailVerifyLink) };

  same((await client.auth("POST", "/user/email/verify", body)).status, "OK", "the link");

  same((await client.auth("GET", "/user/email/verify")).isVerified, true, "the address is proven");
  const used = await client.auth("POST", "/user/email/verify", body);
  same(used.status, "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR", "the link again");
  const [user] = await supertokens.listUsersByAccountInfo("public", { email });
  const { recipeUserId, verified } = user.loginMethods[0];
  same(verified, true, "the login method says so");
  const proven = await emailVerification.createEmailVerificationToken("public", recipeUserId);
  same(proven.status, "EMAIL_ALREADY_VERIFIED_ERROR", "a link for a proven address");
  await emailVerification.unverifyEmail(recipeUserId);
  same(await emailVerification.isEmailVerified(recipeUserId), false, "proof taken back");
  const { token } = await emailVerification.createEmailVerificationToken("public", recipeUserId);
  await emailVerification.revokeEmailVerificationTokens("public", recipeUserId);
  const revoked = await emailVerification.verifyEmailUsingToken("public", token);
  same(revoked.status, "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR", "a revoked link");
}

export async function aForgottenPassword(world) {
  const [client, email, password] = [world.client(), newAddress(), "another 1 password"];
  await client.form("/signup", { email, password: PASSWORD });
  await client.form("/user/password/reset/token", { email });
  const token = tokenOf(inbox.at(-1).passwordResetLink);
  const body = { method: "token", token, formFields: [{ id: "password", value: password }] };

  same((await client.auth("POST", "/user/password/reset", body)).status, "OK", "the link");

  const used = await client.auth("POST", "/user/password/reset", body);
  same(used.status, "RESET_PASSWORD_INVALID_TOKEN_ERROR", "the link again");
  const old = await emailPassword.signIn("public", email, PASSWORD);
  same(old.status, "WRONG_CREDENTIALS_ERROR", "the old password");
  const { user } = await emailPassword.signIn("public", email, password);
  const made = await emailPassword.createResetPasswordToken("public", user.id, email);
  const consumed = await emailPassword.consumePasswordResetToken("public", made.token);
  same([consumed.status, consumed.email, consumed.userId], ["OK", email, user.id], "a token consumed alone");
  const late = await emailPassword.resetPasswordUsingToken("public", made.token, PASSWORD);
  same(late.status, "RESET_PASSWORD_INVALID_TOKEN_ERROR", "that token again");
  const nobody = await emailPassword.createResetPasswordToken("public", "nobody", email);
  same(nobody.status, "UNKNOWN_USER_ID_ERROR", "a token for nobody");
}

export async function changingCredentials(world) {
  const [person, other] = [await newPerson(), await newPerson()];
  const [{ recipeUserId }] = person.loginMethods;
  const [email, password] = [newAddress(), "another 1 password"];
  const change = (values) => emailPassword.updateEmailOrPassword({ recipeUserId, ...values });

  same((await change({ email, password })).status, "OK", "both change");

  same((await emailPassword.signIn("public", email, password)).user.id, person.id, "signing in with both");
  same((await change({ email: other.emails[0] })).status, "EMAIL_ALREADY_EXISTS_ERROR", "somebody else's address");
  same((await change({ password: "short" })).status, "PASSWORD_POLICY_VIOLATED_ERROR", "a weak password");
  const { status } = await world.client().form("/signin", { email, password: PASSWORD });
  same(status, "WRONG_CREDENTIALS_ERROR", "the old password");
}

export async function accountsElsewhere(world) {
  const [id, email] = [newName("them"), newAddress()];
  const come = () => thirdParty.manuallyCreateOrUpdateUser("public", "google", id, email, true);

  const [first, again] = [await come(), await come()];

  same([first.createdNewRecipeUser, again.createdNewRecipeUser], [true, false], "made, then found");
  same(again.user.id, first.user.id, "the same user");
  const found = await supertokens.listUsersByAccountInfo("public", { thirdParty: { id: "google", userId: id } });
  same(found.map((user) => user.id), [first.user.id], "found by the account");
  same(first.user.loginMethods[0].verified, true, "the provider's word for the address counts");
  same((await world.client().auth("GET", "/loginmethods")).status, "OK", "the browser may ask how to sign in");
}

export async function metadata(_) {
  const { id } = await newPerson();
  await userMetadata.updateUserMetadata(id, { a: { b: 1 }, c: [1, null, "ü"], d: 1.5 });

  const merged = await userMetadata.updateUserMetadata(id, { a: { e: true }, d: null });

  same(merged.metadata, { a: { e: true }, c: [1, null, "ü"] }, "merged at the first level");
  same((await userMetadata.getUserMetadata(id)).metadata, merged.metadata, "read");
  await userMetadata.clearUserMetadata(id);
  same((await userMetadata.getUserMetadata(id)).metadata, {}, "cleared");
}

export async function roles(_) {
  const [{ id }, role] = [await newPerson(), newName("role")];
  const create = (permissions) => userRoles.createNewRoleOrAddPermissions(role, permissions);
  same((await create(["read", "write"])).createdNewRole, true, "a new role");
  same((await create(["read"])).createdNewRole, false, "a known role");

  same((await userRoles.addRoleToUser("public", id, role)).didUserAlreadyHaveRole, false, "given");

  same((await userRoles.addRoleToUser("public", id, role)).didUserAlreadyHaveRole, true, "given again");
  same((await userRoles.addRoleToUser("public", id, "no-role")).status, "UNKNOWN_ROLE_ERROR", "an unknown role");
  same((await userRoles.getRolesForUser("public", id)).roles, [role], "roles of the person");
  same((await userRoles.getUsersThatHaveRole("public", role)).users, [id], "people with the role");
  same((await userRoles.getPermissionsForRole(role)).permissions.sort(), ["read", "write"], "permissions");
  holds((await userRoles.getRolesThatHavePermission("write")).roles.includes(role), "roles with a permission");
  await userRoles.removePermissionsFromRole(role, ["write"]);
  same((await userRoles.getPermissionsForRole(role)).permissions, ["read"], "a permission taken away");
  same((await userRoles.removeUserRole("public", id, role)).didUserHaveRole, true, "taken away");
  holds((await userRoles.getAllRoles()).roles.includes(role), "it is listed");
  same((await userRoles.deleteRole(role)).didRoleExist, true, "deleted");
  same((await userRoles.deleteRole(role)).didRoleExist, false, "deleted again");
}

export async function idsOfTheApplication(world) {
  const [person, external] = [await newPerson(), newName("ours")];
  const email = person.emails[0];
  await userMetadata.updateUserMetadata(person.id, { before: 1 });
  const map = (values) => supertokens.createUserIdMapping({ superTokensUserId: person.id, ...values });
  const plain = map({ externalUserId: external });
  holds(await plain.then(() => false, () => true), "data under the first id stand in the way of a mapping");
  const forced = await map({ externalUserId: external, externalUserIdInfo: "from the old system", force: true });
  same(forced.status, "OK", "mapped all the same");

  const found = await supertokens.getUserIdMapping({ userId: external, userIdType: "EXTERNAL" });

  same([found.superTokensUserId, found.externalUserIdInfo], [person.id, "from the old system"], "found");
  const client = world.client();
  same((await client.form("/signin", { email, password: PASSWORD })).user.id, external, "signing in");
  same((await client.ask("GET", "/protected")).json.userId, external, "and the session");
  same((await supertokens.getUser(external)).loginMethods[0].recipeUserId.getAsString(), external, "the login method");
  const taken = await map({ externalUserId: "another", force: true });
  same(taken.status, "USER_ID_MAPPING_ALREADY_EXISTS_ERROR", "a second mapping");
  same([taken.doesSuperTokensUserIdExist, taken.doesExternalUserIdExist], [true, false], "and it says what is there");
  await supertokens.updateOrDeleteUserIdMappingInfo({ userId: external, userIdType: "EXTERNAL" });
  same((await supertokens.getUserIdMapping({ userId: external })).externalUserIdInfo, undefined, "the note is gone");
  const gone = await supertokens.deleteUserIdMapping({ userId: external, userIdType: "EXTERNAL", force: true });
  same(gone.didMappingExist, true, "unmapped");
  same((await supertokens.getUser(person.id)).id, person.id, "the first id is back");
}

export async function listingSearchingCounting(_) {
  const mark = newName("mark");
  const people = [];
  for (const number of [0, 1, 2]) {
    people.push((await emailPassword.signUp("public", `${mark}-${number}@example.com`, PASSWORD)).user.id);
  }
  const total = await supertokens.getUserCount(undefined, "public");

  const newest = await supertokens.getUsersNewestFirst({ tenantId: "public", limit: 2 });
  const paginationToken = newest.nextPaginationToken;
  const older = await supertokens.getUsersNewestFirst({ tenantId: "public", limit: 2, paginationToken });

  const ids = (page) => page.users.map((user) => user.id);
  same([...ids(newest), ...ids(older)].slice(0, 3), people.toReversed(), "newest first, in pages");
  const found = await supertokens.getUsersOldestFirst({ tenantId: "public", query: { email: mark } });
  same(ids(found), people, "search, oldest first");
  const seen = [];
  for (let token, first = true; first || token !== undefined; first = false) {
    const page = await supertokens.getUsersOldestFirst({ tenantId: "public", limit: 7, paginationToken: token });
    seen.push(...ids(page));
    token = page.nextPaginationToken;
  }
  same([seen.length, new Set(seen).size], [total, total], "as many as are counted, each once");
  holds((await supertokens.getUserCount(["emailpassword"], "public")) < total, "some came another way");
}

export async function deletion(world) {
  const [client, email] = [world.client(), newAddress()];
  const { id } = (await client.form("/signup", { email, password: PASSWORD })).user;
  await userMetadata.updateUserMetadata(id, { a: 1 });
  await userRoles.createNewRoleOrAddPermissions("guest", []);
  await userRoles.addRoleToUser("public", id, "guest");

  await supertokens.deleteUser(id);

  same(await supertokens.getUser(id), undefined, "the user");
  same(await session.getAllSessionHandlesForUser(id), [], "the sessions");
  same((await userMetadata.getUserMetadata(id)).metadata, {}, "the metadata");
  same((await userRoles.getRolesForUser("public", id)).roles, [], "the roles");
  same(await client.status("/checked"), 401, "the route that asks the core");
  same((await emailPassword.signUp("public", email, PASSWORD)).status, "OK", "the address is free");
}
