# SPDX-License-Identifier: Apache-2.0
"""Sign in at a provider, or connect an account there: go there, and come back.

What is kept in the browser while it is there binds the way back to it: the `state` is random, is used once, and counts
only in the browser that left, for the provider and the tenant that it left for. So nobody can have a victim's browser
finish a sign-in of their own (login CSRF; RFC 6749, section 10.12).
"""

import hmac
import secrets
from base64 import urlsafe_b64encode

import msgspec

from twofold._core_client import PUBLIC_TENANT
from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.recipe.session.exceptions import InvalidClaimsError
from twofold.ui.in_process_client import require_api
from twofold.ui.login.flow import ProviderFlow
from twofold.ui.login.steps import after_a_factor, signed_in_already
from twofold.ui.replies import FOUND, send_redirect_elsewhere
from twofold.ui.templates import with_to
from twofold.ui.urls import Urls
from twofold.ui.visit import UNPROCESSABLE, Visit, reason_of

_BEGIN, _FINISH = "/authorisationurl", "/signinup"
_STATE_BYTES = 32
_OF_DASHBOARD = "redirectURIOnProviderDashboard"


async def go_to_provider(visit: Visit) -> BaseResponse:
    """Send the browser to the provider. Another site's link does not: there, a person has to press our button."""
    require_api("GET", _BEGIN)
    reply = await signed_in_already(visit)
    if reply is not None:
        return reply
    if visit.request.get_header("sec-fetch-site") == "cross-site":
        return visit.redirect(visit.urls.sign_in, to=visit.to)
    left = await leave(visit, visit.query("provider") or "", visit.path_tenant_id, None)
    return send_redirect_elsewhere(visit.response, left) if isinstance(left, str) else left


async def leave(visit: Visit, provider_id: str, tenant_id: str, session_handle: str | None) -> str | BaseResponse:
    """Begin to sign in at a provider, or to connect with the session's user; return the address there.

    A page that says why is returned if the provider cannot be asked now.
    """
    redirect_uri = _redirect_uri(visit, provider_id)
    query = {"thirdPartyId": provider_id, _OF_DASHBOARD: redirect_uri}
    begun = await visit.call("GET", _BEGIN, query, tenant_id)
    if begun.get("status") != "OK":
        return _failed(visit, begun, visit.urls, session_handle)
    flow = ProviderFlow(
        state=_new_state(redirect_uri),
        provider_id=provider_id,
        tenant_id=tenant_id,
        redirect_uri=redirect_uri,
        pkce_code_verifier=begun.get("pkceCodeVerifier"),
        to=visit.to,
        session_handle=session_handle,
    )
    visit.ui.provider_cookie.keep(visit.response, flow, visit.ui.clock_ms())
    return with_to(begun["urlWithQueryParams"], flow.state, "state")


async def come_back(visit: Visit) -> BaseResponse:
    """Sign in, or connect, with what the provider sent the browser back with."""
    flow = visit.ui.provider_cookie.read(visit.request)
    # Before the flow is forgotten: if the session must be refreshed, the browser comes here again.
    handle = await _session_of(visit, flow)
    visit.ui.provider_cookie.forget(visit.response)
    provider_id = visit.ui.path_of(visit.request).rpartition("/")[2]
    if flow is None or flow.session_handle != handle or not _is_of(flow, provider_id, visit.query("state")):
        return visit.message("provider.lost", (visit.urls.sign_in, "link.again"), 403)
    urls = visit.ui.places.urls_of(None if flow.tenant_id == PUBLIC_TENANT else flow.tenant_id)
    to, connects = visit.checked_to(flow.to), handle is not None
    if visit.query("code") is None and connects:
        return visit.redirect(urls.settings_login_methods, FOUND, notice="not_connected")
    if visit.query("code") is None:
        return visit.redirect(urls.sign_in, FOUND, notice="provider_refused", to=to)
    brought = {name: value for name, value in visit.request.get_query_params().items() if name != "state"}
    info: Json = {_OF_DASHBOARD: flow.redirect_uri, "redirectURIQueryParams": brought}
    if flow.pkce_code_verifier is not None:
        info["pkceCodeVerifier"] = flow.pkce_code_verifier
    body = {"thirdPartyId": provider_id, "redirectURIInfo": info, "shouldTryLinkingWithSessionUser": connects}
    try:
        reply = await visit.call("POST", _FINISH, body, flow.tenant_id)
    except InvalidClaimsError:
        return visit.redirect(urls.settings_login_methods, FOUND)  # which asks for what is missing
    if reply.get("status") != "OK":
        return _failed(visit, reply, urls, handle)
    if connects:
        return visit.redirect(urls.settings_login_methods, FOUND, notice="connected")
    return after_a_factor(visit, to)


async def _session_of(visit: Visit, flow: ProviderFlow | None) -> str | None:
    """Return the session in which an account is to be connected, if this browser still has one."""
    if flow is None or flow.session_handle is None:
        return None
    session = await visit.session()
    return None if session is None else session.get_handle()


def _redirect_uri(visit: Visit, provider_id: str) -> str:
    origin = visit.ui.app_info.get_origin(visit.request, visit.user_context).get_as_string_dangerous()
    return origin + visit.urls.callback.replace("*", provider_id)


def _new_state(redirect_uri: str) -> str:
    """Return a state in the form that the API for posted answers (Apple's) reads the way back from."""
    content = {"state": secrets.token_urlsafe(_STATE_BYTES), "frontendRedirectURI": redirect_uri}
    return urlsafe_b64encode(msgspec.json.encode(content)).decode("ascii")


def _is_of(flow: ProviderFlow, provider_id: str, state: str | None) -> bool:
    is_same = hmac.compare_digest(flow.state.encode(), (state or "").encode())
    return is_same and flow.provider_id == provider_id


def _failed(visit: Visit, reply: Json, urls: Urls, session_handle: str | None) -> BaseResponse:
    is_nameless = reply.get("status") == "NO_EMAIL_GIVEN_BY_PROVIDER"
    text = visit.text("provider.no_email") if is_nameless else reason_of(reply, visit)
    action = {"href": urls.sign_in, "label": visit.text("link.again")}
    if session_handle is not None:
        text = text if is_nameless or reply.get("status") == "GENERAL_ERROR" else visit.text("contact.not_yours")
        action = {"href": urls.settings_login_methods, "label": visit.text("choose.give_up")}
    heading = visit.text("provider.failed_title" if session_handle is None else "provider.not_connected_title")
    return visit.page("message.html", UNPROCESSABLE, heading=heading, text=text, action=action)
