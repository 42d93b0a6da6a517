// SPDX-License-Identifier: Apache-2.0
// Drives every recipe of the genuine supertokens-node against a core: `node tour.mjs http://localhost:3567`.

import accountLinking from "supertokens-node/recipe/accountlinking/index.js";
import emailPassword from "supertokens-node/recipe/emailpassword/index.js";
import emailVerification from "supertokens-node/recipe/emailverification/index.js";
import multiFactorAuth from "supertokens-node/recipe/multifactorauth/index.js";
import multitenancy from "supertokens-node/recipe/multitenancy/index.js";
import passwordless from "supertokens-node/recipe/passwordless/index.js";
import session from "supertokens-node/recipe/session/index.js";
import thirdParty from "supertokens-node/recipe/thirdparty/index.js";
import totp from "supertokens-node/recipe/totp/index.js";
import userMetadata from "supertokens-node/recipe/usermetadata/index.js";
import userRoles from "supertokens-node/recipe/userroles/index.js";

import { collected, start, versionsAskedFor } from "./application.mjs";
import { same, tell } from "./checks.mjs";
import * as factors from "./story_factors.mjs";
import * as linking from "./story_linking.mjs";
import * as people from "./story_people.mjs";
import * as sessions from "./story_sessions.mjs";
import * as tenants from "./story_tenants.mjs";

const linkSecondFactors = async (account, user, signedIn) =>
  signedIn === undefined || (user !== undefined && signedIn.getUserId() !== user.id)
    ? { shouldAutomaticallyLink: false }
    : { shouldAutomaticallyLink: true, shouldRequireVerification: false };

async function theNewestCommonInterfaceWasAskedFor() {
  same([...versionsAskedFor], ["5.4"], "versions of the interface");
}

const world = await start([
  session.init(),
  emailPassword.init({ emailDelivery: collected }),
  emailVerification.init({ mode: "OPTIONAL", emailDelivery: collected }),
  passwordless.init({
    contactMethod: "EMAIL_OR_PHONE",
    flowType: "USER_INPUT_CODE_AND_MAGIC_LINK",
    emailDelivery: collected,
    smsDelivery: collected,
  }),
  thirdParty.init(),
  accountLinking.init({ shouldDoAutomaticAccountLinking: linkSecondFactors }),
  multiFactorAuth.init({ firstFactors: ["emailpassword", "otp-email", "otp-phone", "link-email", "thirdparty"] }),
  totp.init(),
  multitenancy.init(),
  userMetadata.init(),
  userRoles.init(),
]);
const chapters = [people, sessions, factors, linking, tenants];
const stories = chapters.flatMap((chapter) => Object.values(chapter));
await tell(world, [...stories, theNewestCommonInterfaceWasAskedFor]);
