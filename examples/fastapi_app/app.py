# SPDX-License-Identifier: Apache-2.0
"""Everybody signs in with a password or a passkey; administrators also with a code sent by email, and whoever has an
authenticator app with its codes. Start it with `make demo`.
"""

import os
from pathlib import Path

import uvicorn
from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse

from examples.harbour_notes import policy
from twofold import InputAppInfo, SupertokensConfig, get_all_cors_headers, init, ui
from twofold.asyncio import get_user
from twofold.framework.fastapi import get_middleware
from twofold.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    multifactorauth,
    passwordless,
    recoverycodes,
    session,
    totp,
    trusteddevices,
    userroles,
    webauthn,
)
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.userroles import UserRoleClaim

TEMPLATES = Path(__file__).parents[1] / "harbour_notes" / "templates"
PORT = int(os.environ.get("PORT", "8000"))
ADDRESS = f"http://localhost:{PORT}"
FRONT_END = os.environ.get("FRONT_END", "http://localhost:3000")

app_info = InputAppInfo("Harbour Notes", api_domain=ADDRESS, website_domain=ADDRESS)
recipe_list = [
    session.init(),
    userroles.init(),
    emailpassword.init(override=policy.make_the_first_admin),
    emailverification.init("OPTIONAL"),
    passwordless.init(passwordless.ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE"),
    accountlinking.init(should_do_automatic_account_linking=policy.link_second_factors),
    multifactorauth.init([FactorIds.EMAILPASSWORD, FactorIds.WEBAUTHN], override=policy.admins_need_a_code),
    totp.init(),
    webauthn.init(),
    recoverycodes.init(),
    trusteddevices.init(),
    ui.init(template_folder=TEMPLATES),
]
init(app_info, "fastapi", SupertokensConfig(os.environ.get("TWOFOLD_DB", "sqlite:///demo.db")), recipe_list)
app = FastAPI()
app.add_middleware(get_middleware())
app.add_middleware(
    CORSMiddleware,
    allow_origins=[FRONT_END],
    allow_credentials=True,
    allow_methods=["GET", "POST", "PUT", "DELETE"],
    allow_headers=["content-type", *get_all_cors_headers()],
)


@app.get("/")
async def home(session: SessionContainer = Depends(verify_session())) -> HTMLResponse:
    """For everybody who is signed in, with every factor that they need."""
    user = await get_user(session.get_user_id())
    return page("home.html", email=user.emails[0] if user else "", claims=session.get_access_token_payload())


@app.get("/admin", dependencies=[Depends(verify_session(override_global_claim_validators=policy.and_role_admin))])
async def admin() -> HTMLResponse:
    """For administrators alone."""
    return page("admin.html")


@app.get("/me")
async def me(session: SessionContainer = Depends(verify_session())) -> dict[str, object]:
    """For the scripts of a front end."""
    roles = await session.get_claim_value(UserRoleClaim)
    return {"id": session.get_user_id(), "roles": roles}


def page(template: str, **values: object) -> HTMLResponse:
    """Show one of our own pages, which look like those of Twofold."""
    return HTMLResponse(ui.render(template, language=None, **values), headers=ui.SECURITY_HEADERS)


if __name__ == "__main__":
    print(policy.WHAT_TO_TRY.format(address=ADDRESS, admin=policy.ADMIN_EMAIL), flush=True)
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
