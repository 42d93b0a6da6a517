// SPDX-License-Identifier: Apache-2.0
// Account linking: several ways in for one person.

import supertokens from "supertokens-node";
import accountLinking from "supertokens-node/recipe/accountlinking/index.js";
import emailPassword from "supertokens-node/recipe/emailpassword/index.js";
import passwordless from "supertokens-node/recipe/passwordless/index.js";
import session from "supertokens-node/recipe/session/index.js";

import { PASSWORD, newAddress, newPerson } from "./application.mjs";
import { holds, same } from "./checks.mjs";

const own = (user) => user.loginMethods[0].recipeUserId;
const byMail = async (email) => (await passwordless.signInUp({ tenantId: "public", email })).user;
const { createPrimaryUser, linkAccounts, unlinkAccount } = accountLinking;

export async function linkingAndUnlinking(_) {
  const [person, email] = [await newPerson(), newAddress()];
  const other = await byMail(email);
  const early = await linkAccounts(own(other), person.id);
  same(early.status, "INPUT_USER_IS_NOT_A_PRIMARY_USER", "before it is primary");
  const allowed = await accountLinking.canCreatePrimaryUser(own(person));
  same([allowed.status, allowed.wasAlreadyAPrimaryUser], ["OK", false], "it may become primary");

  same((await createPrimaryUser(own(person))).user.isPrimaryUser, true, "primary");

  same((await createPrimaryUser(own(person))).wasAlreadyAPrimaryUser, true, "primary again");
  await session.createNewSessionWithoutRequestResponse("public", own(other));
  same((await accountLinking.canLinkAccounts(own(other), person.id)).status, "OK", "they may be linked");
  const linked = await linkAccounts(own(other), person.id);
  same([linked.status, linked.accountsAlreadyLinked], ["OK", false], "linked");
  same((await linkAccounts(own(other), person.id)).accountsAlreadyLinked, true, "linked again");
  const whole = await supertokens.getUser(person.id);
  same(whole.loginMethods.length, 2, "two login methods");
  holds(whole.emails.includes(email), "both addresses");
  same((await supertokens.getUser(other.id)).id, person.id, "the other id leads to the person");
  same(await session.getAllSessionHandlesForUser(person.id), [], "linking ended the other's sessions");
  same((await emailPassword.signIn("public", person.emails[0], PASSWORD)).user.id, person.id, "signing in");
  const unlinked = await unlinkAccount(own(other));
  same([unlinked.wasLinked, unlinked.wasRecipeUserDeleted], [true, false], "unlinked");
  same((await supertokens.getUser(other.id)).id, other.id, "on its own again");
}

export async function conflicts(_) {
  const email = newAddress();
  const [first, second, one] = [await newPerson(), await newPerson(), await byMail(email)];
  await createPrimaryUser(own(first));
  await createPrimaryUser(own(second));
  await linkAccounts(own(one), first.id);

  const taken = await linkAccounts(own(one), second.id);

  const elsewhere = "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR";
  same([taken.status, taken.primaryUserId], [elsewhere, first.id], "linked elsewhere, and it says where");
  const again = await createPrimaryUser(own(one));
  same(again.status, "RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR", "primary while linked");
  same(await accountLinking.isEmailChangeAllowed(own(second), email, false), false, "taking its address");
}

export async function deletingOneLoginMethod(_) {
  const [person, other] = [await newPerson(), await byMail(newAddress())];
  await createPrimaryUser(own(person));
  await linkAccounts(own(other), person.id);

  await supertokens.deleteUser(other.id, false);

  same((await supertokens.getUser(person.id)).loginMethods.length, 1, "one is left");
  await supertokens.deleteUser(person.id);
  same(await supertokens.getUser(person.id), undefined, "and then nobody");
}
