// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/http"
	"sort"
	"strings"

	"github.com/supertokens/supertokens-golang/recipe/emailpassword"
	"github.com/supertokens/supertokens-golang/recipe/emailpassword/epmodels"
	"github.com/supertokens/supertokens-golang/recipe/emailverification"
	"github.com/supertokens/supertokens-golang/recipe/session"
	"github.com/supertokens/supertokens-golang/recipe/thirdparty"
	"github.com/supertokens/supertokens-golang/recipe/usermetadata"
	"github.com/supertokens/supertokens-golang/recipe/userroles"
	"github.com/supertokens/supertokens-golang/supertokens"
)

func newPerson() epmodels.User {
	return must(emailpassword.SignUp(public, newAddress(), password)).OK.User
}

func signingUpAndIn(w *world) {
	client, email := w.visitor(), newAddress()
	signedUp := client.credentials("/signup", email, password)

	same(signedUp["status"], "OK", "sign-up")
	same(client.status("/protected"), http.StatusOK, "the protected route after it")
	again := w.visitor().credentials("/signup", strings.ToUpper(email), password)
	same(again["status"], "FIELD_ERROR", "the same address again")
	_, exists := client.get("/auth/signup/email/exists?email=" + email)
	same(exists["exists"], true, "the address exists")
	other := w.visitor()
	same(other.credentials("/signin", email, password+"x")["status"], "WRONG_CREDENTIALS_ERROR", "a wrong password")
	same(other.status("/protected"), http.StatusUnauthorized, "the protected route after it")
	same(userIdOf(other.credentials("/signin", email, password)), userIdOf(signedUp), "the right password")
	holds(must(emailpassword.SignIn(public, newAddress(), password)).WrongCredentialsError != nil, "nobody's address")
	same(must(emailpassword.GetUserByEmail(public, email)).ID, userIdOf(signedUp), "found by the address")
}

func provingAnAddress(w *world) {
	client := w.visitor()
	person := userIdOf(client.credentials("/signup", newAddress(), password))
	client.post("/user/email/verify/token", nil)
	link := mails[len(mails)-1].EmailVerification.EmailVerifyLink
	body := object{"method": "token", "token": tokenOf(link)}

	same(client.post("/user/email/verify", body)["status"], "OK", "the link")

	_, answer := client.get("/auth/user/email/verify")
	same(answer["isVerified"], true, "the address is proven")
	used := client.post("/user/email/verify", body)
	same(used["status"], "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR", "the link again")
	proven := must(emailverification.CreateEmailVerificationToken(public, person, nil))
	holds(proven.EmailAlreadyVerifiedError != nil, "a link for a proven address")
	must(emailverification.UnverifyEmail(person, nil))
	same(must(emailverification.IsEmailVerified(person, nil)), false, "proof taken back")
	token := must(emailverification.CreateEmailVerificationToken(public, person, nil)).OK.Token
	must(emailverification.RevokeEmailVerificationTokens(public, person, nil))
	late := must(emailverification.VerifyEmailUsingToken(public, token))
	holds(late.EmailVerificationInvalidTokenError != nil, "a revoked link")
}

func aForgottenPassword(w *world) {
	client, email, another := w.visitor(), newAddress(), "another 1 password"
	person := userIdOf(client.credentials("/signup", email, password))
	client.post("/user/password/reset/token", object{"formFields": []object{{"id": "email", "value": email}}})
	body := object{
		"method": "token", "token": tokenOf(mails[len(mails)-1].PasswordReset.PasswordResetLink),
		"formFields": []object{{"id": "password", "value": another}},
	}

	same(client.post("/user/password/reset", body)["status"], "OK", "the link")

	used := client.post("/user/password/reset", body)
	same(used["status"], "RESET_PASSWORD_INVALID_TOKEN_ERROR", "the link again")
	holds(must(emailpassword.SignIn(public, email, password)).WrongCredentialsError != nil, "the old password")
	same(must(emailpassword.SignIn(public, email, another)).OK.User.ID, person, "the new password")
	token := must(emailpassword.CreateResetPasswordToken(public, person)).OK.Token
	reset := must(emailpassword.ResetPasswordUsingToken(public, token, password))
	same(*reset.OK.UserId, person, "by function")
	late := must(emailpassword.ResetPasswordUsingToken(public, token, password))
	holds(late.ResetPasswordInvalidTokenError != nil, "that token again")
	holds(must(emailpassword.CreateResetPasswordToken(public, "nobody")).UnknownUserIdError != nil, "a token for nobody")
}

func changingCredentials(*world) {
	person, other, email, another := newPerson(), newPerson(), newAddress(), "another 1 password"

	holds(must(emailpassword.UpdateEmailOrPassword(person.ID, &email, &another, nil, nil)).OK != nil, "both change")

	same(must(emailpassword.SignIn(public, email, another)).OK.User.ID, person.ID, "signing in with both")
	taken := must(emailpassword.UpdateEmailOrPassword(person.ID, &other.Email, nil, nil, nil))
	holds(taken.EmailAlreadyExistsError != nil, "somebody else's address")
	nobody := must(emailpassword.UpdateEmailOrPassword("nobody", &email, nil, nil, nil))
	holds(nobody.UnknownUserIdError != nil, "nobody's address")
}

func accountsElsewhere(*world) {
	id, email := newName("them"), newAddress()
	first := must(thirdparty.ManuallyCreateOrUpdateUser(public, "google", id, email))
	again := must(thirdparty.ManuallyCreateOrUpdateUser(public, "google", id, email))

	same([]bool{first.OK.CreatedNewUser, again.OK.CreatedNewUser}, []bool{true, false}, "made, then found")
	same(again.OK.User.ID, first.OK.User.ID, "the same user")
	same(must(thirdparty.GetUserByThirdPartyInfo(public, "google", id)).ID, first.OK.User.ID, "found by the account")
	same(len(must(thirdparty.GetUsersByEmail(public, email))), 1, "found by the address")
	same(must(thirdparty.GetUserByID(first.OK.User.ID)).ThirdParty.UserID, id, "and it says whose account it is")
}

func metadata(*world) {
	id := newPerson().ID
	must(usermetadata.UpdateUserMetadata(id, object{"a": object{"b": 1}, "c": []any{1, nil, "ü"}, "d": 1.5}))

	merged := must(usermetadata.UpdateUserMetadata(id, object{"a": object{"e": true}, "d": nil}))

	same(merged, object{"a": object{"e": true}, "c": []any{1.0, nil, "ü"}}, "merged at the first level")
	same(must(usermetadata.GetUserMetadata(id)), merged, "read")
	check(usermetadata.ClearUserMetadata(id))
	same(must(usermetadata.GetUserMetadata(id)), object{}, "cleared")
}

func roles(*world) {
	id, role := newPerson().ID, newName("role")
	create := func(permissions ...string) bool {
		return must(userroles.CreateNewRoleOrAddPermissions(role, permissions)).OK.CreatedNewRole
	}
	same([]bool{create("read", "write"), create("read")}, []bool{true, false}, "a new role, then a known one")
	give := func() bool { return must(userroles.AddRoleToUser(public, id, role)).OK.DidUserAlreadyHaveRole }

	same([]bool{give(), give()}, []bool{false, true}, "given, and given again")

	holds(must(userroles.AddRoleToUser(public, id, "no-role")).UnknownRoleError != nil, "an unknown role")
	same(must(userroles.GetRolesForUser(public, id)).OK.Roles, []string{role}, "roles of the person")
	same(must(userroles.GetUsersThatHaveRole(public, role)).OK.Users, []string{id}, "people with the role")
	permissions := must(userroles.GetPermissionsForRole(role)).OK.Permissions
	sort.Strings(permissions)
	same(permissions, []string{"read", "write"}, "permissions")
	must(userroles.RemovePermissionsFromRole(role, []string{"write"}))
	same(must(userroles.GetPermissionsForRole(role)).OK.Permissions, []string{"read"}, "a permission taken away")
	same(must(userroles.RemoveUserRole(public, id, role)).OK.DidUserHaveRole, true, "taken away")
	remove := func() bool {
		// This one function of the SDK cannot do without a user context.
		return must(userroles.DeleteRole(role, &map[string]any{})).OK.DidRoleExist
	}
	same([]bool{remove(), remove()}, []bool{true, false}, "deleted, and deleted again")
}

func idsOfTheApplication(w *world) {
	person, external, note, yes := newPerson(), newName("ours"), "from the old system", true
	must(usermetadata.UpdateUserMetadata(person.ID, object{"before": 1}))
	_, err := supertokens.CreateUserIdMapping(person.ID, external, &note, nil)
	holds(err != nil, "data under the first id stand in the way of a mapping")
	holds(must(supertokens.CreateUserIdMapping(person.ID, external, &note, &yes)).OK != nil, "mapped all the same")

	kind := supertokens.UserIdTypeExternal
	found := must(supertokens.GetUserIdMapping(external, &kind)).OK

	same([]string{found.SupertokensUserId, *found.ExternalUserIdInfo}, []string{person.ID, note}, "found")
	client := w.visitor()
	same(userIdOf(client.credentials("/signin", person.Email, password)), external, "signing in")
	_, answer := client.get("/protected")
	same(answer["userId"], external, "and the session")
	taken := must(supertokens.CreateUserIdMapping(person.ID, "another", nil, &yes)).UserIdMappingAlreadyExistsError
	same([]bool{taken.DoesSuperTokensUserIdExist, taken.DoesExternalUserIdExist}, []bool{true, false}, "a second mapping")
	must(supertokens.UpdateOrDeleteUserIdMappingInfo(external, &kind, nil))
	holds(must(supertokens.GetUserIdMapping(external, &kind)).OK.ExternalUserIdInfo == nil, "the note is gone")
	same(must(supertokens.DeleteUserIdMapping(external, &kind, &yes)).OK.DidMappingExist, true, "unmapped")
	same(must(emailpassword.GetUserByID(person.ID)).ID, person.ID, "the first id is back")
}

func idsOf(page supertokens.UserPaginationResult) []string {
	ids := []string{}
	for _, one := range page.Users {
		ids = append(ids, one.User["id"].(string))
	}
	return ids
}

func listingSearchingCounting(*world) {
	mark, people := newName("mark"), []string{}
	for number := 0; number < 3; number++ {
		email := fmt.Sprintf("%s-%d@example.com", mark, number)
		people = append(people, must(emailpassword.SignUp(public, email, password)).OK.User.ID)
	}
	tenant, two := public, 2
	recipes := []string{"emailpassword", "thirdparty", "passwordless"}
	total := must(supertokens.GetUserCount(&recipes, &tenant))

	newest := must(supertokens.GetUsersNewestFirst(public, nil, &two, nil, nil))
	older := must(supertokens.GetUsersNewestFirst(public, newest.NextPaginationToken, &two, nil, nil))

	listed := append(idsOf(newest), idsOf(older)...)[:3]
	same(listed, []string{people[2], people[1], people[0]}, "newest first, in pages")
	same(newest.Users[0].RecipeId, "emailpassword", "with the recipe")
	found := must(supertokens.GetUsersOldestFirst(public, nil, nil, nil, map[string]string{"email": mark}))
	same(idsOf(found), people, "search, oldest first")
	seen, seven := map[string]bool{}, 7
	for page := must(supertokens.GetUsersOldestFirst(public, nil, &seven, nil, nil)); ; {
		for _, id := range idsOf(page) {
			seen[id] = true
		}
		if page.NextPaginationToken == nil {
			break
		}
		page = must(supertokens.GetUsersOldestFirst(public, page.NextPaginationToken, &seven, nil, nil))
	}
	same(float64(len(seen)), total, "as many as are counted")
}

func deletion(w *world) {
	client, email := w.visitor(), newAddress()
	id := userIdOf(client.credentials("/signup", email, password))
	must(usermetadata.UpdateUserMetadata(id, object{"a": 1}))

	check(supertokens.DeleteUser(id))

	holds(must(emailpassword.GetUserByID(id)) == nil, "the user")
	same(len(must(session.GetAllSessionHandlesForUser(id, nil))), 0, "the sessions")
	same(must(usermetadata.GetUserMetadata(id)), object{}, "the metadata")
	same(client.status("/checked"), http.StatusUnauthorized, "the route that asks the core")
	holds(must(emailpassword.SignUp(public, email, password)).OK != nil, "the address is free")
}
