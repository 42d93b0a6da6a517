// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"net/http"

	"github.com/supertokens/supertokens-golang/recipe/emailpassword"
	"github.com/supertokens/supertokens-golang/recipe/passwordless"
	"github.com/supertokens/supertokens-golang/recipe/passwordless/plessmodels"
	"github.com/supertokens/supertokens-golang/recipe/session"
	"github.com/supertokens/supertokens-golang/recipe/session/claims"
	"github.com/supertokens/supertokens-golang/recipe/session/sessmodels"
	"github.com/supertokens/supertokens-golang/recipe/usermetadata"
	"github.com/supertokens/supertokens-golang/supertokens"
)

// A sample of the SDK's documentation: after a password, a code by SMS opens the rest. A claim in the session says
// whether that has happened; the number given at the first time is the only one that is good later.
func secondFactor(core string) int {
	claim, validators := claims.BooleanClaim("2fa-completed", func(string, string, supertokens.UserContext) (any, error) {
		return false, nil
	}, nil)
	w, stop := start(core, []supertokens.Recipe{
		passwordless.Init(plessmodels.TypeInput{
			FlowType:           "USER_INPUT_CODE",
			ContactMethodPhone: plessmodels.ContactMethodPhoneConfig{Enabled: true},
			SmsDelivery:        collectedMessages(),
			Override: &plessmodels.OverrideStruct{APIs: func(original plessmodels.APIInterface) plessmodels.APIInterface {
				return secondFactorApis(original, claim)
			}},
		}),
		emailpassword.Init(nil),
		usermetadata.Init(nil),
		session.Init(&sessmodels.TypeInput{Override: &sessmodels.OverrideStruct{
			Functions: func(original sessmodels.RecipeInterface) sessmodels.RecipeInterface {
				return secondFactorSessions(original, claim, validators)
			},
		}}),
	})
	defer stop()
	return tellAll(w, []story{{"a code by SMS opens the rest", aCodeOpensTheRest}, {"another number is refused", anotherNumber}})
}

func secondFactorSessions(
	original sessmodels.RecipeInterface, claim *claims.TypeSessionClaim, validators claims.BooleanClaimValidators,
) sessmodels.RecipeInterface {
	create := *original.CreateNewSession
	*original.CreateNewSession = func(
		userID string, payload, data map[string]any, disableAntiCsrf *bool, tenantId string, context supertokens.UserContext,
	) (sessmodels.SessionContainer, error) {
		if existing, ok := (*context)["session"].(sessmodels.SessionContainer); ok {
			// The second factor: the session that is there goes on.
			return existing, nil
		}
		number, err := knownNumber(userID, context)
		if err != nil {
			return nil, err
		}
		if payload == nil {
			payload = object{}
		}
		payload, err = claim.Build(userID, tenantId, payload, context)
		if err != nil {
			return nil, err
		}
		if number != nil {
			payload["phoneNumber"] = *number
		}
		return create(userID, payload, data, disableAntiCsrf, tenantId, context)
	}
	*original.GetGlobalClaimValidators = func(
		_ string, others []claims.SessionClaimValidator, _ string, _ supertokens.UserContext,
	) ([]claims.SessionClaimValidator, error) {
		return append(others, validators.IsTrue(nil, nil)), nil
	}
	return original
}

// The number that the person gave at the first time.
func knownNumber(userID string, context supertokens.UserContext) (*string, error) {
	metadata, err := usermetadata.GetUserMetadata(userID, context)
	if err != nil {
		return nil, err
	}
	id, ok := metadata["passwordlessUserId"].(string)
	if !ok {
		return nil, nil
	}
	user, err := passwordless.GetUserByID(id, context)
	if err != nil {
		return nil, err
	}
	return user.PhoneNumber, nil
}

func secondFactorApis(original plessmodels.APIInterface, claim *claims.TypeSessionClaim) plessmodels.APIInterface {
	firstFactor := func(options plessmodels.APIOptions) (sessmodels.SessionContainer, error) {
		return session.GetSession(options.Req, options.Res, &sessmodels.VerifySessionOptions{
			OverrideGlobalClaimValidators: func(
				[]claims.SessionClaimValidator, sessmodels.SessionContainer, supertokens.UserContext,
			) ([]claims.SessionClaimValidator, error) {
				return []claims.SessionClaimValidator{}, nil
			},
		})
	}
	create, consume := *original.CreateCodePOST, *original.ConsumeCodePOST
	*original.CreateCodePOST = func(
		email, number *string, tenantId string, options plessmodels.APIOptions, context supertokens.UserContext,
	) (plessmodels.CreateCodePOSTResponse, error) {
		existing, err := firstFactor(options)
		if err != nil {
			return plessmodels.CreateCodePOSTResponse{}, err
		}
		known, ok := existing.GetAccessTokenPayload()["phoneNumber"].(string)
		if ok && (number == nil || *number != known) {
			return plessmodels.CreateCodePOSTResponse{}, errors.New("Input phone number is not the same as the one saved for this user")
		}
		return create(email, number, tenantId, options, context)
	}
	*original.ConsumeCodePOST = func(
		input *plessmodels.UserInputCodeWithDeviceID, linkCode *string, preAuthSessionID, tenantId string,
		options plessmodels.APIOptions, context supertokens.UserContext,
	) (plessmodels.ConsumeCodePOSTResponse, error) {
		existing, err := firstFactor(options)
		if err != nil {
			return plessmodels.ConsumeCodePOSTResponse{}, err
		}
		(*context)["session"] = existing
		response, err := consume(input, linkCode, preAuthSessionID, tenantId, options, context)
		if err != nil || response.OK == nil {
			return response, err
		}
		if err := existing.SetClaimValue(claim, true); err != nil {
			return response, err
		}
		_, err = usermetadata.UpdateUserMetadata(existing.GetUserID(), object{"passwordlessUserId": response.OK.User.ID})
		return response, err
	}
	return original
}

func aCodeOpensTheRest(w *world) {
	client, email, number := w.visitor(), newAddress(), newNumber()
	id := userIdOf(client.credentials("/signup", email, password))
	same(client.status("/protected"), http.StatusForbidden, "after the password")

	same(client.codeBySms(number)["status"], "OK", "the code")

	_, answer := client.get("/protected")
	same(answer["userId"], id, "the same session is let in")
	again := w.visitor()
	again.credentials("/signin", email, password)
	same(again.status("/protected"), http.StatusForbidden, "signed in again, before the code")
	same(again.codeBySms(number)["status"], "OK", "the code for the number that is known")
	_, answer = again.get("/protected")
	same(answer["payload"].(object)["phoneNumber"], number, "the session knows the number")
}

func anotherNumber(w *world) {
	client, email := w.visitor(), newAddress()
	client.credentials("/signup", email, password)
	client.codeBySms(newNumber())
	attacker := w.visitor()
	attacker.credentials("/signin", email, password)
	sent := len(messages)

	status, _ := attacker.ask("POST", "/auth/signinup/code", object{"phoneNumber": newNumber()}, attacker.access)

	same(status, http.StatusInternalServerError, "asking for a code")
	same(len(messages), sent, "nothing was sent")
	same(attacker.status("/protected"), http.StatusForbidden, "nothing is open")
}
