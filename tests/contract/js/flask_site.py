# SPDX-License-Identifier: Apache-2.0
"""The application that the browser packages sign in to, in Flask."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

from flask import Flask, g
from flask_cors import CORS

from examples.harbour_notes import policy
from tests.contract.js.app import STEP_UP_SECONDS, Stage, serving_wsgi
from twofold import get_all_cors_headers
from twofold.framework.flask import Middleware
from twofold.recipe.session.framework.flask import verify_session


@contextlib.contextmanager
def serve_flask(stage: Stage, listener: socket.socket) -> Iterator[None]:
    """Answer requests with the application, each in a thread of its own."""
    with serving_wsgi(_application(stage.website), listener, stage.refreshes):
        yield


def _application(website: str) -> Flask:
    app = Flask(__name__)
    Middleware(app)
    CORS(app, origins=[website], supports_credentials=True, allow_headers=["content-type", *get_all_cors_headers()])

    @app.route("/protected", methods=["GET", "POST"])
    @verify_session()
    def protected() -> Any:
        return {"userId": g.supertokens.get_user_id()}

    @app.get("/checked")
    @verify_session(check_database=True)
    def checked() -> Any:
        return {"userId": g.supertokens.get_user_id()}

    @app.get("/admin")
    @verify_session(override_global_claim_validators=policy.and_role_admin)
    def admin() -> Any:
        return {"userId": g.supertokens.get_user_id()}

    @app.get("/payments")
    @verify_session(max_age_seconds=STEP_UP_SECONDS)
    def payments() -> Any:
        return {"userId": g.supertokens.get_user_id()}

    @app.post("/plan")
    @verify_session()
    async def plan() -> Any:
        await g.supertokens.merge_into_access_token_payload({"plan": "gold"})
        return {"plan": "gold"}

    return app
