# SPDX-License-Identifier: Apache-2.0
"""The paths of the pages, each in one place.

A page of another tenant than `public` has the tenant behind the base path: `/auth/customer1/sign-in`.
"""

import re
from dataclasses import dataclass, fields
from functools import lru_cache, partial

_TENANTS_KEPT = 256
_TENANT_SEGMENT = re.compile(r"/([a-zA-Z0-9-]+)(/.*)")


@dataclass(frozen=True)
class Urls:
    """The path of every page."""

    start: str
    sign_in: str
    sign_in_with_code: str
    sign_in_with_passkey: str
    sign_in_with_provider: str
    callback: str
    sign_up: str
    sign_up_with_passkey: str
    factor: str
    code: str
    resend: str
    cancel: str
    authenticator: str
    set_up_authenticator: str
    verify_authenticator: str
    passkey: str
    set_up_passkey: str
    password: str
    recovery_code: str
    link: str
    verify_email: str
    sign_out: str
    denied: str
    forgot_password: str
    reset_password: str
    lost_passkey: str
    recover_passkey: str
    settings: str
    settings_authenticators: str
    rename_authenticator: str
    remove_authenticator: str
    settings_passkeys: str
    remove_passkey: str
    settings_recovery_codes: str
    settings_trusted_devices: str
    remove_trusted_device: str
    remove_trusted_devices: str
    settings_password: str
    settings_email: str
    confirm_email: str
    forget_email: str
    settings_login_methods: str
    remove_login_method: str
    add_contact: str
    connect_provider: str
    settings_sessions: str
    end_session: str
    end_other_sessions: str
    inbox: str
    refresh: str
    static: str

    @staticmethod
    def below(website_base_path: str, api_base_path: str, tenant_id: str | None = None) -> "Urls":
        """Return the paths below the two base paths, for the pages of a tenant if one is named."""
        base = f"{website_base_path}/{tenant_id}" if tenant_id else website_base_path
        settings = f"{base}/settings"
        return Urls(
            start=base or "/",
            sign_in=f"{base}/sign-in",
            sign_in_with_code=f"{base}/sign-in/code",
            sign_in_with_passkey=f"{base}/sign-in/passkey",
            sign_in_with_provider=f"{base}/sign-in/provider",
            # What is registered with providers: one address for all tenants.
            callback=f"{website_base_path}/callback/*",
            sign_up=f"{base}/sign-up",
            sign_up_with_passkey=f"{base}/sign-up/passkey",
            factor=f"{base}/factor",
            code=f"{base}/code",
            resend=f"{base}/resend",
            cancel=f"{base}/cancel",
            authenticator=f"{base}/authenticator",
            set_up_authenticator=f"{base}/authenticator/set-up",
            verify_authenticator=f"{base}/authenticator/verify",
            passkey=f"{base}/passkey",
            set_up_passkey=f"{base}/passkey/set-up",
            password=f"{base}/password",
            recovery_code=f"{base}/recovery-code",
            # The last parts of these three are what links in messages say.
            link=f"{base}/verify",
            verify_email=f"{base}/verify-email",
            reset_password=f"{base}/reset-password",
            sign_out=f"{base}/sign-out",
            denied=f"{base}/denied",
            forgot_password=f"{base}/forgot-password",
            lost_passkey=f"{base}/lost-passkey",
            recover_passkey=f"{base}/webauthn/recover",  # what links in messages say
            settings=settings,
            settings_authenticators=f"{settings}/authenticators",
            rename_authenticator=f"{settings}/authenticators/rename",
            remove_authenticator=f"{settings}/authenticators/remove",
            settings_passkeys=f"{settings}/passkeys",
            remove_passkey=f"{settings}/passkeys/remove",
            settings_recovery_codes=f"{settings}/recovery-codes",
            settings_trusted_devices=f"{settings}/trusted-devices",
            remove_trusted_device=f"{settings}/trusted-devices/remove",
            remove_trusted_devices=f"{settings}/trusted-devices/remove-all",
            settings_password=f"{settings}/password",
            settings_email=f"{settings}/email",
            confirm_email=f"{settings}/email/confirm",
            forget_email=f"{settings}/email/forget",
            settings_login_methods=f"{settings}/login-methods",
            remove_login_method=f"{settings}/login-methods/remove",
            add_contact=f"{settings}/login-methods/contact",
            connect_provider=f"{settings}/login-methods/provider",
            settings_sessions=f"{settings}/sessions",
            end_session=f"{settings}/sessions/end",
            end_other_sessions=f"{settings}/sessions/end-others",
            inbox=f"{website_base_path}/inbox",
            # The cookie with the refresh token is sent to this path and below, and nowhere else.
            refresh=f"{api_base_path}/session/refresh/page",
            static=f"{website_base_path}/static",
        )

    def owns(self, path: str) -> bool:
        """Tell whether this path, without a query and a tenant, is one of our pages."""
        return any(_matches(path, getattr(self, field.name)) for field in fields(self))

    def is_destination(self, path: str) -> bool:
        """Tell whether this path, without query and tenant, may be where one wanted to go: no step of signing in."""
        return not self.owns(path) or self.settings_page(path) is not None or path in self._for_settings()

    def settings_page(self, path: str) -> str | None:
        """Return the page of the settings that a path belongs to: a form's path is one step below its page."""
        if path in (self.settings, *self._settings_pages()):
            return path
        parent = path.rpartition("/")[0]
        return parent if parent in self._settings_pages() else None

    def _settings_pages(self) -> tuple[str, ...]:
        return (
            self.settings_authenticators,
            self.settings_passkeys,
            self.settings_recovery_codes,
            self.settings_trusted_devices,
            self.settings_password,
            self.settings_email,
            self.settings_login_methods,
            self.settings_sessions,
        )

    def _for_settings(self) -> tuple[str, ...]:
        return (self.set_up_authenticator, self.set_up_passkey)


class Places:
    """Knows which path is which page of which tenant.

    Args:
        website_base_path: Of the pages. Without one no path names a tenant: it could be a page of the application.
        api_base_path: Of the APIs.
    """

    def __init__(self, website_base_path: str, api_base_path: str) -> None:
        self._website_base_path = website_base_path
        self.urls = Urls.below(website_base_path, api_base_path)
        # Anybody may ask for pages of tenants that do not exist, so not all are kept.
        self._of_tenant = lru_cache(maxsize=_TENANTS_KEPT)(partial(Urls.below, website_base_path, api_base_path))

    @property
    def tenant_base(self) -> str | None:
        """After which part of a path a tenant may be named; `None` when nowhere."""
        return self._website_base_path or None

    def urls_of(self, tenant_id: str | None) -> Urls:
        """Return the paths of a tenant's pages; of the usual ones for `None`."""
        return self._of_tenant(tenant_id) if tenant_id else self.urls

    def split(self, path: str) -> tuple[str | None, str]:
        """Return the tenant that a path names, if any, and the path without it."""
        base = self._website_base_path
        if base and path.startswith(base) and not self.urls.owns(path):
            found = _TENANT_SEGMENT.fullmatch(path, len(base))
            if found is not None and self.urls.owns(base + found[2]):
                return found[1], base + found[2]
        return None, path


def _matches(path: str, page: str) -> bool:
    return path == page or (page.endswith("/*") and path.rpartition("/")[0] == page.removesuffix("/*"))
