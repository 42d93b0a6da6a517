# SPDX-License-Identifier: Apache-2.0
# pyright: strict
"""`init` with every recipe."""

from twofold import InputAppInfo, SupertokensConfig, init
from twofold.recipe import (
    accountlinking,
    dashboard,
    emailpassword,
    emailverification,
    jwt,
    multifactorauth,
    multitenancy,
    openid,
    passwordless,
    session,
    thirdparty,
    totp,
    usermetadata,
    userroles,
    webauthn,
)
from twofold.recipe.emailpassword import InputFormField, InputSignUpFeature
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.passwordless import ContactEmailOrPhoneConfig
from twofold.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput, SignInAndUpFeature
from twofold.recipe.totp.types import TOTPConfig

GOOGLE = ProviderInput(ProviderConfig("google", clients=[ProviderClientConfig("id", client_secret="secret")]))


def start() -> None:
    """Start an application that has everything."""
    init(
        app_info=InputAppInfo("Notes", api_domain="http://localhost:8000", website_domain="http://localhost:8000"),
        framework="fastapi",
        supertokens_config=SupertokensConfig("sqlite:///notes.db"),
        recipe_list=[
            session.init(cookie_same_site="lax", anti_csrf="VIA_CUSTOM_HEADER"),
            emailpassword.init(InputSignUpFeature([InputFormField("nickname", optional=True)])),
            thirdparty.init(SignInAndUpFeature([GOOGLE])),
            passwordless.init(ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE_AND_MAGIC_LINK"),
            emailverification.init("REQUIRED"),
            multifactorauth.init([FactorIds.EMAILPASSWORD, FactorIds.THIRDPARTY]),
            totp.init(TOTPConfig(issuer="Notes")),
            accountlinking.init(),
            userroles.init(),
            usermetadata.init(),
            multitenancy.init(),
            jwt.init(),
            openid.init(),
            webauthn.init(),
            dashboard.init(admins=["boss@example.com"]),
        ],
    )
