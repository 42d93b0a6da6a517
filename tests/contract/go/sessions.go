// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"
	"reflect"
	"sort"

	"github.com/MicahParks/keyfunc/v2"
	"github.com/golang-jwt/jwt/v5"
	"github.com/supertokens/supertokens-golang/recipe/session"
	"github.com/supertokens/supertokens-golang/recipe/session/claims"
	"github.com/supertokens/supertokens-golang/recipe/session/sessmodels"
	"github.com/supertokens/supertokens-golang/recipe/userroles"
	"github.com/supertokens/supertokens-golang/supertokens"
)

func newSession() sessmodels.SessionContainer {
	id := newPerson().ID
	return must(session.CreateNewSessionWithoutRequestResponse(public, id, object{"shown": 1}, object{"kept": 2}, nil))
}

// Verifies a token as any service would that knows only the address of the keys.
func verified(token, jwksUrl string) jwt.MapClaims {
	keys := must(keyfunc.Get(jwksUrl, keyfunc.Options{}))
	defer keys.EndBackground()
	payload := jwt.MapClaims{}
	must(jwt.ParseWithClaims(token, payload, keys.Keyfunc, jwt.WithValidMethods([]string{"RS256"})))
	return payload
}

func anybodyCanVerify(w *world) {
	own, keys := newSession(), w.core+"/.well-known/jwks.json"

	payload := verified(own.GetAccessToken(), keys)

	same([]any{payload["sub"], payload["shown"]}, []any{own.GetUserID(), 1.0}, "an access token, with the core's keys")
	same(verified(own.GetAccessToken(), w.api+"/auth/jwt/jwks.json")["sub"], payload["sub"], "the application's")
	for _, static := range []bool{true, false} {
		seconds := uint64(60)
		made := must(session.CreateJWT(object{"for": "a service"}, &seconds, &static)).OK.Jwt
		same(verified(made, keys)["for"], "a service", "a token of the application")
	}
	holds(len(must(session.GetJWKS()).OK.Keys) >= 2, "both kinds of keys are published")
	same(must(session.GetOpenIdDiscoveryConfiguration()).OK.Issuer, w.api+"/auth", "the issuer")
}

func sessionsByFunctions(*world) {
	own := newSession()
	handle := own.GetHandle()

	must(session.UpdateSessionDataInDatabase(handle, object{"kept": 3}))
	must(session.MergeIntoAccessTokenPayload(handle, object{"more": "ü", "shown": nil}))

	information := must(session.GetSessionInformation(handle))
	same(information.SessionDataInDatabase, object{"kept": 3.0}, "data")
	_, shown := information.CustomClaimsInAccessTokenPayload["shown"]
	same([]any{information.CustomClaimsInAccessTokenPayload["more"], shown}, []any{"ü", false}, "payload")
	same(must(session.GetAllSessionHandlesForUser(own.GetUserID(), nil)), []string{handle}, "handles")
	claim, _ := claims.BooleanClaim("visited", func(string, string, supertokens.UserContext) (any, error) { return true, nil }, nil)
	must(session.SetClaimValue(handle, claim, true))
	same(must(session.GetClaimValue(handle, claim)).OK.Value, true, "a claim")
	must(session.RemoveClaim(handle, claim))
	same(must(session.GetClaimValue(handle, claim)).OK.Value, nil, "a claim removed")
	same(must(session.RevokeSession(handle)), true, "ended")
	same(must(session.RevokeSession(handle)), false, "ended again")
	holds(must(session.GetSessionInformation(handle)) == nil, "nothing is known of it")
}

func renewalAndTheft(*world) {
	own, yes := newSession(), true
	first := *own.GetAllSessionTokensDangerously().RefreshToken

	renewed := must(session.RefreshSessionWithoutRequestResponse(first, &yes, nil))

	tokens := renewed.GetAllSessionTokensDangerously()
	holds(*tokens.RefreshToken != first, "another refresh token")
	same(renewed.GetHandle(), own.GetHandle(), "the same session")
	options := &sessmodels.VerifySessionOptions{CheckDatabase: &yes}
	seen := must(session.GetSessionWithoutRequestResponse(tokens.AccessToken, nil, options))
	same(seen.GetUserID(), own.GetUserID(), "its access token is good")
	_, theft := session.RefreshSessionWithoutRequestResponse(first, &yes, nil)
	same(reflect.TypeOf(theft).Name(), "TokenTheftDetectedError", "the first refresh token again")
	must(session.RevokeSession(own.GetHandle()))
	_, late := session.GetSessionWithoutRequestResponse(tokens.AccessToken, nil, options)
	same(reflect.TypeOf(late).Name(), "UnauthorizedError", "an access token of a session that is over")
}

func severalAtOnce(*world) {
	id, handles := newPerson().ID, []string{}
	for left := 3; left > 0; left-- {
		made := must(session.CreateNewSessionWithoutRequestResponse(public, id, nil, nil, nil))
		handles = append(handles, made.GetHandle())
	}

	ended := must(session.RevokeMultipleSessions([]string{handles[0], "no-session"}))

	same(ended, handles[:1], "those that are there")
	others := must(session.RevokeAllSessionsForUser(id, nil))
	sort.Strings(others)
	sort.Strings(handles[1:])
	same(others, handles[1:], "the others")
	same(len(must(session.GetAllSessionHandlesForUser(id, nil))), 0, "none is left")
}

func sessionsOverHttp(w *world) {
	client, thief := w.visitor(), w.visitor()
	id := userIdOf(client.credentials("/signup", newAddress(), password))
	_, answer := client.get("/protected")
	same(answer["userId"], id, "signed in")
	must(userroles.CreateNewRoleOrAddPermissions("editor", []string{"edit"}))
	must(userroles.AddRoleToUser(public, id, "editor"))
	handle := must(session.GetAllSessionHandlesForUser(id, nil))[0]
	claim, _ := userroles.NewUserRoleClaim()
	must(session.FetchAndSetClaim(handle, claim))
	stolen := client.refresh

	status, _ := client.renew(client.refresh)

	same(status, http.StatusOK, "renewed")
	holds(client.refresh != stolen, "with another refresh token")
	_, answer = client.get("/checked")
	same(answer["payload"].(object)["st-role"].(object)["v"], []any{"editor"}, "roles fetched again")
	status, answer = thief.renew(stolen)
	same([]any{status, answer["message"]}, []any{http.StatusUnauthorized, "token theft detected"}, "a thief")
	status, _ = client.renew(client.refresh)
	same(status, http.StatusUnauthorized, "the session is over for both")

	again := w.visitor()
	again.credentials("/signup", newAddress(), password)
	copied := again.access
	same(again.post("/signout", nil)["status"], "OK", "signed out")
	status, _ = again.ask("GET", "/checked", nil, copied)
	same(status, http.StatusUnauthorized, "a copy of the token, where it matters")
}
