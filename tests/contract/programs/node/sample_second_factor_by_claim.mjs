// SPDX-License-Identifier: Apache-2.0
// "Legacy method": a claim of the application's own says whether a code by SMS has followed the password; the number
// given at the first time is the only one that is good later.

import supertokens from "supertokens-node";
import emailPassword from "supertokens-node/recipe/emailpassword/index.js";
import passwordless from "supertokens-node/recipe/passwordless/index.js";
import claims from "supertokens-node/recipe/session/claims.js";
import session from "supertokens-node/recipe/session/index.js";
import thirdParty from "supertokens-node/recipe/thirdparty/index.js";
import userMetadata from "supertokens-node/recipe/usermetadata/index.js";

import { PASSWORD, collected, inbox, newAddress, newNumber, start } from "./application.mjs";
import { same, tell } from "./checks.mjs";

const SecondFactorClaim = new claims.BooleanClaim({ fetchValue: () => false, key: "2fa-completed" });

// These APIs are called before the second factor is completed.
const firstFactorSession = ({ req, res }) => session.getSession(req, res, { overrideGlobalClaimValidators: () => [] });

const passwordlessApis = (oI) => ({
  ...oI,
  createCodePOST: async function (input) {
    const { phoneNumber } = (await firstFactorSession(input.options)).getAccessTokenPayload();
    if (phoneNumber !== undefined) {
      if (!("phoneNumber" in input) || input.phoneNumber !== phoneNumber) {
        throw new Error("Input phone number is not the same as the one saved for this user");
      }
    }
    return oI.createCodePOST(input);
  },
  consumeCodePOST: async function (input) {
    const existing = await firstFactorSession(input.options);
    // createNewSession returns this one instead of making another
    input.userContext.session = existing;
    const resp = await oI.consumeCodePOST(input);
    if (resp.status === "OK") {
      await resp.session.setClaimValue(SecondFactorClaim, true);
      await userMetadata.updateUserMetadata(existing.getUserId(), { passwordlessUserId: resp.user.id });
    }
    return resp;
  },
});

const sessionFunctions = (originalImplementation) => ({
  ...originalImplementation,
  createNewSession: async function (input) {
    if (input.userContext.session !== undefined) return input.userContext.session;
    const { metadata } = await userMetadata.getUserMetadata(input.userId);
    let phoneNumber;
    if (metadata.passwordlessUserId !== undefined) {
      const passwordlessUserInfo = await supertokens.getUser(metadata.passwordlessUserId, input.userContext);
      phoneNumber = passwordlessUserInfo?.phoneNumbers[0];
    }
    const { userId, recipeUserId, tenantId, userContext } = input;
    return originalImplementation.createNewSession({
      ...input,
      accessTokenPayload: {
        ...input.accessTokenPayload,
        ...(await SecondFactorClaim.build(userId, recipeUserId, tenantId, undefined, userContext)),
        phoneNumber,
      },
    });
  },
  getGlobalClaimValidators: (input) => [
    ...input.claimValidatorsAddedByOtherRecipes,
    SecondFactorClaim.validators.hasValue(true),
  ],
});

async function codeBySms(client, phoneNumber) {
  const { deviceId, preAuthSessionId } = await client.auth("POST", "/signinup/code", { phoneNumber });
  const body = { deviceId, preAuthSessionId, userInputCode: inbox.at(-1).userInputCode };
  return client.auth("POST", "/signinup/code/consume", body);
}

async function aCodeOpensTheRest(world) {
  const [client, email, number] = [world.client(), newAddress(), newNumber()];
  const { id } = (await client.form("/signup", { email, password: PASSWORD })).user;
  same(await client.status(), 403, "after the password");

  same((await codeBySms(client, number)).status, "OK", "the code");

  same((await client.ask("GET", "/protected")).json.userId, id, "the same session is let in");
  const again = world.client();
  await again.form("/signin", { email, password: PASSWORD });
  same(await again.status(), 403, "signed in again, before the code");
  same((await codeBySms(again, number)).status, "OK", "the code for the number that is known");
  same((await again.ask("GET", "/protected")).json.payload.phoneNumber, number, "the session knows the number");
}

async function anotherNumberIsRefused(world) {
  const [client, email] = [world.client(), newAddress()];
  await client.form("/signup", { email, password: PASSWORD });
  await codeBySms(client, newNumber());
  const attacker = world.client();
  await attacker.form("/signin", { email, password: PASSWORD });
  const sent = inbox.length;

  const refused = await attacker.ask("POST", "/auth/signinup/code", { phoneNumber: newNumber() });

  same([refused.status, inbox.length], [500, sent], "asking for a code");
  same(refused.json.message, "Input phone number is not the same as the one saved for this user", "the reason");
  same(await attacker.status(), 403, "nothing is open");
}

const world = await start([
  passwordless.init({
    flowType: "USER_INPUT_CODE",
    contactMethod: "PHONE",
    smsDelivery: collected,
    override: { apis: passwordlessApis },
  }),
  thirdParty.init(),
  emailPassword.init(),
  userMetadata.init(),
  session.init({ override: { functions: sessionFunctions } }),
]);
await tell(world, [aCodeOpensTheRest, anotherNumberIsRefused]);
