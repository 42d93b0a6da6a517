# SPDX-License-Identifier: Apache-2.0
"""Harbour Notes in Flask. Start it with `python -m examples.flask_app.app`, or serve `examples.flask_app.app:app`."""

import os
from pathlib import Path

from flask import Flask, Response, g, make_response
from flask_cors import CORS

from examples.harbour_notes import policy
from twofold import InputAppInfo, SupertokensConfig, get_all_cors_headers, init, ui
from twofold.framework.flask import Middleware
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session, userroles
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.flask import verify_session
from twofold.recipe.userroles import UserRoleClaim
from twofold.syncio import get_user

TEMPLATES = Path(__file__).parents[1] / "harbour_notes" / "templates"
PORT = int(os.environ.get("PORT", "8000"))
ADDRESS = f"http://localhost:{PORT}"
FRONT_END = os.environ.get("FRONT_END", "http://localhost:3000")

init(
    app_info=InputAppInfo("Harbour Notes", api_domain=ADDRESS, website_domain=ADDRESS),
    framework="flask",
    supertokens_config=SupertokensConfig(os.environ.get("TWOFOLD_DB", "sqlite:///demo.db")),
    recipe_list=[
        session.init(),
        userroles.init(),
        emailpassword.init(override=policy.make_the_first_admin),
        passwordless.init(passwordless.ContactEmailOnlyConfig(), flow_type="USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=policy.link_second_factors),
        multifactorauth.init([FactorIds.EMAILPASSWORD], override=policy.admins_need_a_code),
        ui.init(template_folder=TEMPLATES),
    ],
)
app = Flask(__name__)
Middleware(app)
CORS(app, origins=[FRONT_END], supports_credentials=True, allow_headers=["content-type", *get_all_cors_headers()])


@app.get("/")
@verify_session()
def home() -> Response:
    """For everybody who is signed in, with every factor that they need."""
    current: SessionContainer = g.supertokens
    user = get_user(current.get_user_id())
    return page("home.html", email=user.emails[0] if user else "", claims=current.get_access_token_payload())


@app.get("/admin")
@verify_session(override_global_claim_validators=policy.and_role_admin)
def admin() -> Response:
    """For administrators alone."""
    return page("admin.html")


@app.get("/me")
@verify_session()
def me() -> dict[str, object]:
    """For the scripts of a front end."""
    current: SessionContainer = g.supertokens
    roles = current.sync_get_claim_value(UserRoleClaim)
    return {"id": current.get_user_id(), "roles": roles}


def page(template: str, **values: object) -> Response:
    """Show one of our own pages, which look like those of Twofold."""
    return make_response(ui.render(template, language=None, **values), ui.SECURITY_HEADERS)


if __name__ == "__main__":
    print(policy.WHAT_TO_TRY.format(address=ADDRESS, admin=policy.ADMIN_EMAIL), flush=True)
    app.run(host="127.0.0.1", port=PORT)
