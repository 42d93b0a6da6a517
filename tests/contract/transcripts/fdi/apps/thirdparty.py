# SPDX-License-Identifier: Apache-2.0
"""Sign-in with a provider that this application itself plays."""

from _kit import SETTINGS, email_delivery, make_app, start_sdk, with_cors
from _provider import provider, providers

from twofold.recipe import emailpassword, emailverification, session, thirdparty
from twofold.recipe.thirdparty import SignInAndUpFeature

recipes = [
    session.init(),
    thirdparty.init(sign_in_and_up_feature=SignInAndUpFeature(providers=providers())),
    emailpassword.init(email_delivery=email_delivery()),
]
if SETTINGS.get("verification"):
    recipes.append(emailverification.init(mode=SETTINGS["verification"], email_delivery=email_delivery()))
start_sdk(recipes)
application = make_app()
application.include_router(provider)
app = with_cors(application)
