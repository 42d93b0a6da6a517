# SPDX-License-Identifier: Apache-2.0
"""Harbour Notes in Django: the settings, and what signing in needs."""

import os
from pathlib import Path

from corsheaders.defaults import default_headers

from examples.harbour_notes import policy
from twofold import InputAppInfo, SupertokensConfig, get_all_cors_headers, init, ui
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session, userroles
from twofold.recipe.multifactorauth.types import FactorIds

TEMPLATES_OF_PAGES = Path(__file__).parents[1] / "harbour_notes" / "templates"
PORT = int(os.environ.get("PORT", "8000"))
ADDRESS = f"http://localhost:{PORT}"
FRONT_END = os.environ.get("FRONT_END", "http://localhost:3000")

init(
    app_info=InputAppInfo("Harbour Notes", api_domain=ADDRESS, website_domain=ADDRESS),
    framework="django",
    supertokens_config=SupertokensConfig(os.environ.get("TWOFOLD_DB", "sqlite:///demo.db")),
    recipe_list=[
        session.init(),
        userroles.init(),
        emailpassword.init(override=policy.make_the_first_admin),
        passwordless.init(passwordless.ContactEmailOnlyConfig(), flow_type="USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=policy.link_second_factors),
        multifactorauth.init([FactorIds.EMAILPASSWORD], override=policy.admins_need_a_code),
        ui.init(template_folder=TEMPLATES_OF_PAGES),
    ],
)

DEBUG = True
SECRET_KEY = "Twofold does not use it; Django wants one."
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "examples.django_app.urls"
INSTALLED_APPS = ["corsheaders"]
MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "twofold.framework.django.django_middleware.middleware",
]
CORS_ALLOWED_ORIGINS = [FRONT_END]
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [*default_headers, *get_all_cors_headers()]
