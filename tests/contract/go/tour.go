// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/supertokens/supertokens-golang/recipe/emailpassword"
	"github.com/supertokens/supertokens-golang/recipe/emailpassword/epmodels"
	"github.com/supertokens/supertokens-golang/recipe/emailverification"
	"github.com/supertokens/supertokens-golang/recipe/emailverification/evmodels"
	"github.com/supertokens/supertokens-golang/recipe/multitenancy"
	"github.com/supertokens/supertokens-golang/recipe/passwordless"
	"github.com/supertokens/supertokens-golang/recipe/passwordless/plessmodels"
	"github.com/supertokens/supertokens-golang/recipe/session"
	"github.com/supertokens/supertokens-golang/recipe/thirdparty"
	"github.com/supertokens/supertokens-golang/recipe/usermetadata"
	"github.com/supertokens/supertokens-golang/recipe/userroles"
	"github.com/supertokens/supertokens-golang/supertokens"
)

// Drives every recipe of the SDK. It knows neither account linking nor the factors of the MFA recipe.
func tour(core string) int {
	w, stop := start(core, []supertokens.Recipe{
		session.Init(nil),
		emailpassword.Init(&epmodels.TypeInput{EmailDelivery: collectedMail()}),
		emailverification.Init(evmodels.TypeInput{Mode: evmodels.ModeOptional, EmailDelivery: collectedMail()}),
		passwordless.Init(plessmodels.TypeInput{
			ContactMethodEmailOrPhone: plessmodels.ContactMethodEmailOrPhoneConfig{Enabled: true},
			FlowType:                  "USER_INPUT_CODE_AND_MAGIC_LINK",
			EmailDelivery:             collectedMail(),
			SmsDelivery:               collectedMessages(),
		}),
		thirdparty.Init(nil),
		multitenancy.Init(nil),
		usermetadata.Init(nil),
		userroles.Init(nil),
	})
	defer stop()
	return tellAll(w, []story{
		{"signing up and in", signingUpAndIn},
		{"proving an address", provingAnAddress},
		{"a forgotten password", aForgottenPassword},
		{"changing credentials", changingCredentials},
		{"accounts elsewhere", accountsElsewhere},
		{"metadata", metadata},
		{"roles", roles},
		{"ids of the application", idsOfTheApplication},
		{"listing, searching, counting", listingSearchingCounting},
		{"deletion", deletion},
		{"anybody can verify", anybodyCanVerify},
		{"sessions by functions", sessionsByFunctions},
		{"renewal and theft", renewalAndTheft},
		{"several sessions at once", severalAtOnce},
		{"sessions over HTTP", sessionsOverHttp},
		{"a code by function", aCodeByFunction},
		{"links and numbers", linksAndNumbers},
		{"a tenant's configuration", tenantConfiguration},
		{"a tenant's people", tenantPeople},
		{"versions", func(*world) {
			same(versionsAskedFor, map[string]bool{"3.1": true}, "the newest interface that this release speaks")
		}},
	})
}
