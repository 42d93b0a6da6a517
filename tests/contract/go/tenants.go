// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"

	"github.com/supertokens/supertokens-golang/recipe/emailpassword"
	"github.com/supertokens/supertokens-golang/recipe/multitenancy"
	"github.com/supertokens/supertokens-golang/recipe/multitenancy/multitenancymodels"
	"github.com/supertokens/supertokens-golang/recipe/session"
	"github.com/supertokens/supertokens-golang/recipe/thirdparty/tpmodels"
)

func newTenant() string {
	name, yes := newName("tenant"), true
	must(multitenancy.CreateOrUpdateTenant(name, multitenancymodels.TenantConfig{EmailPasswordEnabled: &yes}))
	return name
}

func tenantConfiguration(w *world) {
	tenant, yes, no := newTenant(), true, false

	found := must(multitenancy.GetTenant(tenant))

	enabled := func() []bool {
		return []bool{found.EmailPassword.Enabled, found.Passwordless.Enabled, found.ThirdParty.Enabled}
	}
	same(enabled(), []bool{true, false, false}, "what was switched on")
	config := multitenancymodels.TenantConfig{EmailPasswordEnabled: &no, PasswordlessEnabled: &yes}
	same(must(multitenancy.CreateOrUpdateTenant(tenant, config)).OK.CreatedNew, false, "changed, not made")
	found = must(multitenancy.GetTenant(tenant))
	same(enabled(), []bool{false, true, false}, "the change")
	_, methods := w.visitor().get("/auth/" + tenant + "/loginmethods")
	same(methods["passwordless"].(object)["enabled"], true, "and the browser is told")
	provider := tpmodels.ProviderConfig{
		ThirdPartyId: "github", Name: "GitHub", Clients: []tpmodels.ProviderClientConfig{{ClientID: "client", ClientSecret: "secret"}},
	}
	same(must(multitenancy.CreateOrUpdateThirdPartyConfig(tenant, provider, &yes)).OK.CreatedNew, true, "a provider added")
	found = must(multitenancy.GetTenant(tenant))
	same(found.ThirdParty.Providers[0].Clients[0].ClientID, "client", "and found")
	same(must(multitenancy.DeleteThirdPartyConfig(tenant, "github")).OK.DidConfigExist, true, "and removed")
	listed := false
	for _, one := range must(multitenancy.ListAllTenants()).OK.Tenants {
		listed = listed || one.TenantId == tenant
	}
	holds(listed, "it is listed")
	holds(must(multitenancy.GetTenant("no-such-tenant")) == nil, "an unknown tenant")
	same(must(multitenancy.DeleteTenant(tenant)).OK.DidExist, true, "deleted")
	same(must(multitenancy.DeleteTenant(tenant)).OK.DidExist, false, "deleted again")
}

func tenantPeople(w *world) {
	one, two, email := newTenant(), newTenant(), newAddress()
	client := w.visitor()

	id := userIdOf(client.credentials("/"+one+"/signup", email, password))

	holds(must(emailpassword.SignIn(two, email, password)).WrongCredentialsError != nil, "unknown in the other tenant")
	_, answer := client.get("/protected")
	same(answer["payload"].(object)["tId"], one, "the session is of its tenant")
	join := func() bool { return must(multitenancy.AssociateUserToTenant(two, id)).OK.WasAlreadyAssociated }
	same([]bool{join(), join()}, []bool{false, true}, "joined the other, and again")
	same(must(emailpassword.SignIn(two, email, password)).OK.User.ID, id, "known there now")
	same(len(must(session.GetAllSessionHandlesForUser(id, &one))), 1, "a session in the first")
	same(must(multitenancy.DisassociateUserFromTenant(one, id)).OK.WasAssociated, true, "left the first")
	same(client.status("/checked"), http.StatusUnauthorized, "and the session there is over")
	same(must(emailpassword.GetUserByID(id)).TenantIds, []string{two}, "the other is left")
}
