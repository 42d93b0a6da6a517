# SPDX-License-Identifier: Apache-2.0
"""Who comes with a hash of Django or of ASP.NET Core Identity signs in as before, and is given a hash of ours."""

import base64
import hashlib
import json
import struct
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.core.recipe.calls import rows, run_jobs
from twofold.core.app import Core
from twofold.core.http import CoreASGI, HttpRequest

PASSWORD = "pässwörd 1"
EMAIL = "a@example.com"
Json = dict[str, Any]


def of_django() -> str:
    """A hash that Django itself makes."""
    if not django_settings.configured:
        django_settings.configure()
    stored: str = PBKDF2PasswordHasher().encode(PASSWORD, "c2FsdHk", iterations=1000)
    return stored


def of_aspnet() -> str:
    """A hash as ASP.NET Core Identity documents it: 01, HMAC-SHA512, iterations, length of the salt, salt, key."""
    salt = bytes(range(16))
    key = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, 1000, 32)
    return base64.b64encode(b"\x01" + struct.pack(">III", 2, 1000, len(salt)) + salt + key).decode()


HASHES = {"django_pbkdf2": of_django(), "aspnet_identity": of_aspnet()}


async def send(core: Core, path: str, body: Json) -> Json:
    """POST over HTTP."""
    request = HttpRequest("POST", path, "", {"cdi-version": "5.4"}, json.dumps(body).encode(), "127.0.0.1")
    response = await CoreASGI(core).handle(request)
    assert response.status == 200, response.body
    answer: Json = json.loads(response.body)
    return answer


async def import_one(core: Core, algorithm: str) -> None:
    """By the endpoint for one hash."""
    body = {"email": EMAIL, "passwordHash": HASHES[algorithm], "hashingAlgorithm": algorithm}
    assert (await send(core, "/recipe/user/passwordhash/import", body))["status"] == "OK"


async def import_in_bulk(core: Core, algorithm: str) -> None:
    """By the job."""
    method = {"recipeId": "emailpassword", "email": EMAIL, "passwordHash": HASHES[algorithm]}
    user = {"loginMethods": [method | {"hashingAlgorithm": algorithm}]}
    assert (await send(core, "/bulk-import/users", {"users": [user]}))["status"] == "OK"
    await run_jobs(core, "bulkimport")


@pytest.mark.parametrize("algorithm", HASHES)
@pytest.mark.parametrize("way", [import_one, import_in_bulk])
async def test_imported_hash_lets_in_and_is_replaced(core: Core, way: Any, algorithm: str) -> None:
    """The right password alone; afterwards Argon2id is stored, and lets in as well."""
    await way(core, algorithm)
    credentials = {"email": EMAIL, "password": PASSWORD}

    wrong = await send(core, "/recipe/signin", credentials | {"password": "pässwörd 2"})
    (before,) = await rows(core, "password_hashes")
    first = await send(core, "/recipe/signin", credentials)
    (after,) = await rows(core, "password_hashes")

    assert wrong["status"] == "WRONG_CREDENTIALS_ERROR"
    assert before["password_hash"] == HASHES[algorithm]
    assert first["status"] == "OK"
    assert after["password_hash"].startswith("$argon2id$")
    assert (await send(core, "/recipe/signin", credentials))["status"] == "OK"
