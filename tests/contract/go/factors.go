// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/url"

	"github.com/supertokens/supertokens-golang/recipe/passwordless"
)

func aCodeByFunction(*world) {
	email, chosen := newAddress(), "654321"
	created := must(passwordless.CreateCodeWithEmail(public, email, nil)).OK
	must(passwordless.CreateNewCodeForDevice(public, created.DeviceID, &chosen))

	wrong := must(passwordless.ConsumeCodeWithUserInputCode(public, created.DeviceID, "nonsense", created.PreAuthSessionID))

	tries := wrong.IncorrectUserInputCodeError
	same([]int{tries.FailedCodeInputAttemptCount, tries.MaximumCodeInputAttempts}, []int{1, 5}, "a wrong code")
	challenge := must(passwordless.ListCodesByDeviceID(public, created.DeviceID))
	same([]any{*challenge.Email, len(challenge.Codes)}, []any{email, 2}, "the challenge and its codes")
	same(len(must(passwordless.ListCodesByEmail(public, email))), 1, "challenges of the address")
	found := must(passwordless.ListCodesByPreAuthSessionID(public, created.PreAuthSessionID))
	same(found.FailedCodeInputAttemptCount, 1, "its tries")
	consumed := must(passwordless.ConsumeCodeWithUserInputCode(public, created.DeviceID, chosen, created.PreAuthSessionID))
	same(consumed.OK.CreatedNewUser, true, "the second code")
	again := must(passwordless.ConsumeCodeWithUserInputCode(
		public, created.DeviceID, created.UserInputCode, created.PreAuthSessionID))
	holds(again.RestartFlowError != nil, "the first code, afterwards")
	for left := 5; left > 0; left-- {
		if left == 5 {
			created = must(passwordless.CreateCodeWithEmail(public, email, nil)).OK
		}
		again = must(passwordless.ConsumeCodeWithUserInputCode(public, created.DeviceID, "nonsense", created.PreAuthSessionID))
	}
	holds(again.RestartFlowError != nil, "five wrong codes end the challenge")
}

func linksAndNumbers(*world) {
	number, email := newNumber(), newAddress()
	link := must(url.Parse(must(passwordless.CreateMagicLinkByPhoneNumber(public, number))))

	consumed := must(passwordless.ConsumeCodeWithLinkCode(public, link.Fragment, link.Query().Get("preAuthSessionId")))

	same(*consumed.OK.User.PhoneNumber, number, "the link")
	id := consumed.OK.User.ID
	same(must(passwordless.GetUserByPhoneNumber(public, number)).ID, id, "found by the number")
	code := must(passwordless.CreateCodeWithPhoneNumber(public, number, nil)).OK
	check(passwordless.RevokeCode(public, code.CodeID))
	same(len(must(passwordless.ListCodesByPhoneNumber(public, number))), 0, "revoked")
	must(passwordless.CreateCodeWithPhoneNumber(public, number, nil))
	check(passwordless.RevokeAllCodesByPhoneNumber(public, number))
	same(len(must(passwordless.ListCodesByPhoneNumber(public, number))), 0, "all revoked")
	holds(must(passwordless.UpdateUser(id, &email, nil)).OK != nil, "an address besides")
	must(passwordless.DeletePhoneNumberForUser(id))
	changed := must(passwordless.GetUserByID(id))
	same([]any{*changed.Email, changed.PhoneNumber == nil}, []any{email, true}, "instead of the number")
	same(must(passwordless.SignInUpByEmail(public, email)).CreatedNewUser, false, "signing in by it")
}
