// SPDX-License-Identifier: Apache-2.0
// What the documentation's samples of second factors have in common.

import accountLinking from "supertokens-node/recipe/accountlinking/index.js";
import emailPassword from "supertokens-node/recipe/emailpassword/index.js";
import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";
import multitenancy from "supertokens-node/recipe/multitenancy/index.js";
import passwordless from "supertokens-node/recipe/passwordless/index.js";
import session from "supertokens-node/recipe/session/index.js";
import thirdParty from "supertokens-node/recipe/thirdparty/index.js";
import totp from "supertokens-node/recipe/totp/index.js";
import userRoles from "supertokens-node/recipe/userroles/index.js";

import { collected } from "./application.mjs";

async function shouldDoAutomaticAccountLinking(newAccountInfo, user, session, tenantId, userContext) {
  if (session === undefined) {
    // we do not want to do first factor account linking by default
    return { shouldAutomaticallyLink: false };
  }
  if (user === undefined || session.getUserId() === user.id) {
    // a session exists, and newAccountInfo is to be linked to its user: an MFA flow
    return { shouldAutomaticallyLink: true, shouldRequireVerification: false };
  }
  return { shouldAutomaticallyLink: false };
}

// Returns the recipes, with a sample's own settings for two of them.
export const recipes = (own) => [
  session.init(),
  userRoles.init(),
  thirdParty.init(),
  emailPassword.init(),
  passwordless.init({
    contactMethod: "EMAIL",
    flowType: "USER_INPUT_CODE",
    emailDelivery: collected,
    ...own.passwordless,
  }),
  totp.init(),
  multitenancy.init(),
  accountLinking.init({ shouldDoAutomaticAccountLinking }),
  multiFactorAuth.init({
    firstFactors: [multiFactorAuth.FactorIds.EMAILPASSWORD, multiFactorAuth.FactorIds.THIRDPARTY],
    ...own.multiFactorAuth,
  }),
];
