# SPDX-License-Identifier: Apache-2.0
"""Passkeys of the genuine `supertokens-python` on our core: it speaks an older interface, which checks twice."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.command_line import command_line_core
from tests.plugins.skips import GENUINE
from twofold.testing import VirtualAuthenticator

pytestmark = [pytest.mark.slow, pytest.mark.needs_supertokens_python]

PROGRAMS = Path(__file__).parent / "programs" / "python"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the application answers."""
    python: Path = GENUINE / "python" / "bin" / "python"
    environment = {"PYTHONDONTWRITEBYTECODE": "1", "SSL_CERT_FILE": "", "SSL_CERT_DIR": str(tmp_path)}
    with command_line_core(f"sqlite:///{tmp_path}/twofold.db") as core:
        command = [str(python), "serve_passkeys.py", core]
        serving = subprocess.Popen(command, cwd=PROGRAMS, env=os.environ | environment, stdin=-1, stdout=-1, text=True)
        assert serving.stdout is not None
        yield serving.stdout.readline().strip()
        serving.communicate("", timeout=30)


class Visitor:
    """A browser with an authenticator."""

    def __init__(self, address: str) -> None:
        self.authenticator = VirtualAuthenticator(address)
        self.http = httpx.Client(base_url=f"{address}/auth", headers={"st-auth-mode": "cookie"}, timeout=30)

    def post(self, path: str, **body: Any) -> Any:
        """Call one of the SDK's APIs; return its JSON."""
        return self.http.post(path, json=body).raise_for_status().json()

    def answer(self, path: str, begun: Any, credential: Any, **more: Any) -> Any:
        """Send what the authenticator answered."""
        options_id = begun["webauthnGeneratedOptionsId"]
        return self.post(path, webauthnGeneratedOptionsId=options_id, credential=credential, **more)


def test_a_passkey_from_sign_up_to_removal(address: str) -> None:
    """Sign up, sign in by an authenticator that counts, refuse the same answer, add a passkey, remove the first."""
    ann = Visitor(address)
    begun = ann.post("/webauthn/options/register", email="ann@example.com")
    made = ann.answer("/webauthn/signup", begun, ann.authenticator.create(begun))
    to_sign_in = ann.post("/webauthn/options/signin")
    assertion = ann.authenticator.get(to_sign_in)
    signed_in = ann.answer("/webauthn/signin", to_sign_in, assertion)
    repeated = Visitor(address).answer("/webauthn/signin", to_sign_in, assertion)
    again = ann.post("/webauthn/options/register", email="ann@example.com")
    added = ann.answer("/webauthn/credential", again, ann.authenticator.create(again), recipeUserId="")
    listed = ann.http.get("/webauthn/credential/list").raise_for_status().json()["credentials"]
    first, second = (passkey.id for passkey in ann.authenticator.passkeys)
    removed = ann.post("/webauthn/credential/remove", webauthnCredentialId=first)

    assert made["user"]["webauthn"]["credentialIds"] == [first]
    assert signed_in["user"] == made["user"]
    assert repeated == {"status": "INVALID_CREDENTIALS_ERROR"}
    assert (added, removed) == ({"status": "OK"}, {"status": "OK"})
    assert [item["webauthnCredentialId"] for item in listed] == [first, second]
    signed_out = Visitor(address)
    signed_out.authenticator = ann.authenticator
    to_sign_in = signed_out.post("/webauthn/options/signin")
    with_second = signed_out.answer("/webauthn/signin", to_sign_in, ann.authenticator.get(to_sign_in))
    assert with_second["user"]["webauthn"]["credentialIds"] == [second]
