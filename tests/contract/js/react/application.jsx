// SPDX-License-Identifier: Apache-2.0
// An application with the screens of supertokens-auth-react, as its documentation says to write one. The test puts
// `site` into the page: where the API is, where tokens travel, and how people may begin to sign in.

import { useState } from "react";
import { createRoot } from "react-dom/client";
import SuperTokens, { SuperTokensWrapper } from "supertokens-auth-react";
import EmailPassword from "supertokens-auth-react/recipe/emailpassword";
import { EmailPasswordPreBuiltUI } from "supertokens-auth-react/recipe/emailpassword/prebuiltui";
import EmailVerification from "supertokens-auth-react/recipe/emailverification";
import { EmailVerificationPreBuiltUI } from "supertokens-auth-react/recipe/emailverification/prebuiltui";
import MultiFactorAuth from "supertokens-auth-react/recipe/multifactorauth";
import { MultiFactorAuthPreBuiltUI } from "supertokens-auth-react/recipe/multifactorauth/prebuiltui";
import Passwordless from "supertokens-auth-react/recipe/passwordless";
import { PasswordlessPreBuiltUI } from "supertokens-auth-react/recipe/passwordless/prebuiltui";
import Session, { SessionAuth, useSessionContext } from "supertokens-auth-react/recipe/session";
import { AccessDeniedScreen } from "supertokens-auth-react/recipe/session/prebuiltui";
import ThirdParty from "supertokens-auth-react/recipe/thirdparty";
import { ThirdPartyPreBuiltUI } from "supertokens-auth-react/recipe/thirdparty/prebuiltui";
import TOTP from "supertokens-auth-react/recipe/totp";
import { TOTPPreBuiltUI } from "supertokens-auth-react/recipe/totp/prebuiltui";
import { UserRoleClaim } from "supertokens-auth-react/recipe/userroles";
import Webauthn from "supertokens-auth-react/recipe/webauthn";
import { WebauthnPreBuiltUI } from "supertokens-auth-react/recipe/webauthn/prebuiltui";
import { canHandleRoute, getRoutingComponent } from "supertokens-auth-react/ui";

const { api, mode, firstFactors } = globalThis.site;
const SCREENS = [
  EmailPasswordPreBuiltUI,
  ThirdPartyPreBuiltUI,
  PasswordlessPreBuiltUI,
  WebauthnPreBuiltUI,
  EmailVerificationPreBuiltUI,
  MultiFactorAuthPreBuiltUI,
  TOTPPreBuiltUI,
];
const SECOND_FACTORS = ["totp", "otp-email", "otp-phone", "link-email", "link-phone", "webauthn"];

// Leads to a fresh factor whoever was told by the API that it wants one, wherever that happened.
async function followClaimErrors(event) {
  if (event.action !== "API_INVALID_CLAIM") return;
  const stale = event.claimValidationErrors.find(({ id, reason }) => id === "st-mfa" && reason.maxAgeInSeconds);
  if (stale === undefined) return;
  const factorId = stale.reason.factors.find((factor) => SECOND_FACTORS.includes(factor));
  if (factorId !== undefined) return MultiFactorAuth.redirectToFactor({ factorId, stepUp: true, redirectBack: true });
  // Who has only what begins a session proves it by beginning another.
  await Session.signOut();
  location.assign("/auth");
}

SuperTokens.init({
  appInfo: { appName: "Harbour Notes", apiDomain: api, websiteDomain: location.origin },
  recipeList: [
    Session.init({ tokenTransferMethod: mode, onHandleEvent: followClaimErrors }),
    EmailVerification.init({ mode: "REQUIRED" }),
    EmailPassword.init(),
    ThirdParty.init({ signInAndUpFeature: { providers: [{ id: "local", name: "Local" }] } }),
    Passwordless.init({ contactMethod: "EMAIL_OR_PHONE" }),
    Webauthn.init(),
    TOTP.init(),
    MultiFactorAuth.init({ firstFactors }),
  ],
});

// What the API answers, in words that a test can read.
async function ask(path) {
  const answer = await fetch(api + path);
  return `${answer.status} ${JSON.stringify(await answer.json())}`;
}

const addFactor = (factorId) => MultiFactorAuth.redirectToFactor({ factorId, forceSetup: true, redirectBack: true });
const confirmWith = (factorId) => MultiFactorAuth.redirectToFactor({ factorId, stepUp: true, redirectBack: true });

function Notes() {
  const { userId, accessTokenPayload } = useSessionContext();
  const [answer, setAnswer] = useState("");
  const asks = (path) => ask(path).then(setAnswer);
  return (
    <main>
      <h1>Notes</h1>
      <p data-testid="user">{userId}</p>
      <p data-testid="factors">{Object.keys(accessTokenPayload["st-mfa"].c).sort().join(" ")}</p>
      <output>{answer}</output>
      <button onClick={() => asks("/protected")}>Ask the API</button>
      <button onClick={() => asks("/admin")}>Ask for administration</button>
      <button onClick={() => asks("/payments")}>Ask for payments</button>
      <button onClick={() => Session.signOut().then(() => location.assign("/auth"))}>Sign out</button>
      {SECOND_FACTORS.map((factor) => (
        <p key={factor}>
          <button onClick={() => addFactor(factor)}>Add {factor}</button>
          <button onClick={() => confirmWith(factor)}>Confirm with {factor}</button>
        </p>
      ))}
    </main>
  );
}

const andAdministrator = (validators) => [...validators, UserRoleClaim.validators.includes("admin")];

function Page() {
  if (canHandleRoute(SCREENS)) return getRoutingComponent(SCREENS);
  if (location.pathname === "/admin") {
    return (
      <SessionAuth overrideGlobalClaimValidators={andAdministrator} accessDeniedScreen={AccessDeniedScreen}>
        <h1>Administration</h1>
      </SessionAuth>
    );
  }
  return (
    <SessionAuth>
      <Notes />
    </SessionAuth>
  );
}

createRoot(document.getElementById("root")).render(
  <SuperTokensWrapper>
    <Page />
  </SuperTokensWrapper>,
);
