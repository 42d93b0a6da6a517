// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/supertokens/supertokens-golang/ingredients/emaildelivery"
	"github.com/supertokens/supertokens-golang/ingredients/smsdelivery"
	"github.com/supertokens/supertokens-golang/recipe/session"
	"github.com/supertokens/supertokens-golang/recipe/session/sessmodels"
	"github.com/supertokens/supertokens-golang/supertokens"
)

const (
	password = "correct horse 1 battery"
	public   = "public"
)

type object = map[string]any

// The running application: the core's address, and its own.
type world struct {
	core, api string
}

var (
	mails            []emaildelivery.EmailType
	messages         []smsdelivery.SmsType
	versionsAskedFor = map[string]bool{}
)

// Keeps mail instead of sending it.
func collectedMail() *emaildelivery.TypeInput {
	send := func(input emaildelivery.EmailType, _ supertokens.UserContext) error {
		mails = append(mails, input)
		return nil
	}
	return &emaildelivery.TypeInput{Service: &emaildelivery.EmailDeliveryInterface{SendEmail: &send}}
}

// Keeps messages instead of sending them.
func collectedMessages() *smsdelivery.TypeInput {
	send := func(input smsdelivery.SmsType, _ supertokens.UserContext) error {
		messages = append(messages, input)
		return nil
	}
	return &smsdelivery.TypeInput{Service: &smsdelivery.SmsDeliveryInterface{SendSms: &send}}
}

// Starts the genuine SDK as its documentation says, and serves.
func start(core string, recipes []supertokens.Recipe) (*world, func()) {
	routes := http.NewServeMux()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		supertokens.Middleware(routes).ServeHTTP(w, r)
	}))
	noTelemetry := false
	check(supertokens.Init(supertokens.TypeInput{
		Supertokens: &supertokens.ConnectionInfo{ConnectionURI: core, NetworkInterceptor: noteVersion},
		AppInfo:     supertokens.AppInfo{AppName: "Harbour Notes", APIDomain: server.URL, WebsiteDomain: server.URL},
		RecipeList:  recipes,
		Telemetry:   &noTelemetry,
	}))
	yes := true
	routes.HandleFunc("/protected", session.VerifySession(nil, answer))
	routes.HandleFunc("/checked", session.VerifySession(&sessmodels.VerifySessionOptions{CheckDatabase: &yes}, answer))
	return &world{core: core, api: server.URL}, server.Close
}

func noteVersion(request *http.Request, _ supertokens.UserContext) (*http.Request, error) {
	if version := request.Header.Get("cdi-version"); version != "" {
		versionsAskedFor[version] = true
	}
	return request, nil
}

func answer(w http.ResponseWriter, r *http.Request) {
	signedIn := session.GetSessionFromRequestContext(r.Context())
	w.Header().Set("content-type", "application/json")
	check(json.NewEncoder(w).Encode(object{
		"userId": signedIn.GetUserID(), "payload": signedIn.GetAccessTokenPayload(),
	}))
}

// One visitor, who keeps tokens and sends what a page of the application would.
type visitor struct {
	api, access, refresh string
}

func (w *world) visitor() *visitor {
	return &visitor{api: w.api}
}

// Asks with a token; returns the status and the JSON.
func (v *visitor) ask(method, path string, body any, token string) (int, object) {
	request := must(http.NewRequest(method, v.api+path, bytes.NewReader(must(json.Marshal(body)))))
	request.Header.Set("content-type", "application/json")
	request.Header.Set("st-auth-mode", "header")
	if token != "" {
		request.Header.Set("authorization", "Bearer "+token)
	}
	response := must(http.DefaultClient.Do(request))
	defer response.Body.Close()
	if token, sent := response.Header["St-Access-Token"]; sent {
		v.access = token[0]
	}
	if token, sent := response.Header["St-Refresh-Token"]; sent {
		v.refresh = token[0]
	}
	answer := object{}
	_ = json.NewDecoder(response.Body).Decode(&answer)
	return response.StatusCode, answer
}

// Calls one of the SDK's APIs.
func (v *visitor) post(path string, body any) object {
	status, answer := v.ask("POST", "/auth"+path, body, v.access)
	if status != http.StatusOK {
		panic(fmt.Sprintf("POST %s: %d %v", path, status, answer))
	}
	return answer
}

// Sends an address and a password to one of the SDK's APIs.
func (v *visitor) credentials(path, email, password string) object {
	return v.post(path, object{"formFields": []object{{"id": "email", "value": email}, {"id": "password", "value": password}}})
}

func (v *visitor) get(path string) (int, object) {
	return v.ask("GET", path, nil, v.access)
}

func (v *visitor) status(path string) int {
	status, _ := v.get(path)
	return status
}

// Renews the session with a refresh token.
func (v *visitor) renew(token string) (int, object) {
	return v.ask("POST", "/auth/session/refresh", nil, token)
}

// Asks for a code by SMS, reads it, and gives it.
func (v *visitor) codeBySms(number string) object {
	created := v.post("/signinup/code", object{"phoneNumber": number})
	if created["status"] != "OK" {
		return created
	}
	code := messages[len(messages)-1].PasswordlessLogin.UserInputCode
	return v.post("/signinup/code/consume", object{
		"preAuthSessionId": created["preAuthSessionId"], "deviceId": created["deviceId"], "userInputCode": code,
	})
}

func userIdOf(answer object) string {
	return answer["user"].(object)["id"].(string)
}

func newName(kind string) string {
	random := make([]byte, 6)
	must(rand.Read(random))
	return kind + "-" + hex.EncodeToString(random)
}

func newAddress() string {
	return newName("person") + "@example.com"
}

func newNumber() string {
	return fmt.Sprintf("+3630%07d", must(rand.Int(rand.Reader, big.NewInt(10_000_000))))
}

func tokenOf(link string) string {
	return must(url.Parse(link)).Query().Get("token")
}
