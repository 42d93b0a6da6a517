# SPDX-License-Identifier: Apache-2.0
"""Hashes of Django and of ASP.NET Core Identity: genuine ones verify, costly or broken ones never do."""

import base64

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher

from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.passwords import Algorithm, PasswordHasher, algorithm_of, require_importable
from twofold.core.passwords.pbkdf2 import MAX_ITERATIONS

PASSWORD = "my password"
# From src/Identity/test/Identity.Test/PasswordHasherTest.cs of dotnet/aspnetcore.
ASPNET = {
    "v2": "AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg==",
    "v3-sha1": "AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M",
    "v3-sha256": (
        "AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ="
    ),
    "v3-sha512": "AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw",
}
if not django_settings.configured:
    django_settings.configure()


def aspnet_v3(function: int, iterations: int, salt: bytes, key: bytes) -> str:
    """A stored string with these parts."""
    numbers = b"".join(number.to_bytes(4) for number in (function, iterations, len(salt)))
    return base64.b64encode(b"\x01" + numbers + salt + key).decode()


@pytest.mark.parametrize("stored", ASPNET.values(), ids=ASPNET)
async def test_hash_of_aspnet_verifies(stored: str) -> None:
    """Both versions, with each function; the next sign-in stores a hash of ours."""
    right = await PasswordHasher(Settings()).verify(stored, PASSWORD)
    wrong = await PasswordHasher(Settings()).verify(stored, "my passwore")

    assert algorithm_of(stored) is Algorithm.ASPNET_IDENTITY
    assert right.matches
    assert right.needs_rehash
    assert not wrong


@pytest.mark.parametrize("hasher", [PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher])
async def test_hash_of_django_verifies(hasher: type[PBKDF2PasswordHasher]) -> None:
    """What Django itself makes, with a password outside ASCII."""
    stored = hasher().encode("pässwörd", "c2FsdHk", iterations=1000)
    right = await PasswordHasher(Settings()).verify(stored, "pässwörd")
    wrong = await PasswordHasher(Settings()).verify(stored, "passwörd")

    assert algorithm_of(stored) is Algorithm.DJANGO_PBKDF2
    assert right.matches
    assert right.needs_rehash
    assert not wrong


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "pbkdf2_sha256$1000$salt$",
        "pbkdf2_sha256$0$salt$" + base64.b64encode(bytes(32)).decode(),
        f"pbkdf2_sha256${MAX_ITERATIONS + 1}$salt$" + base64.b64encode(bytes(32)).decode(),
        "pbkdf2_sha256$1000$salt$" + base64.b64encode(bytes(31)).decode(),
        "pbkdf2_sha256$1000$" + "s" * 129 + "$" + base64.b64encode(bytes(32)).decode(),
        "pbkdf2_md5$1000$salt$" + base64.b64encode(bytes(16)).decode(),
        base64.b64encode(b"\x00" + bytes(47)).decode(),
        base64.b64encode(b"\x01" + bytes(11)).decode(),
        base64.b64encode(b"\x02" + bytes(48)).decode(),
        aspnet_v3(3, 1000, bytes(16), bytes(32)),
        aspnet_v3(1, MAX_ITERATIONS + 1, bytes(16), bytes(32)),
        aspnet_v3(1, 0, bytes(16), bytes(32)),
        aspnet_v3(1, 1000, b"", bytes(32)),
        aspnet_v3(1, 1000, bytes(16), bytes(15)),
        aspnet_v3(1, 1000, bytes(16), bytes(65)),
    ],
)
def test_broken_or_costly_hash_is_not_imported(stored: str) -> None:
    """A string that would match anything, or keep a processor busy for minutes, is refused at the door."""
    assert algorithm_of(stored) is None
    with pytest.raises(BadRequest, match="Password hash is in invalid format"):
        require_importable(stored, None, Settings())


def test_named_algorithm_must_be_the_one_of_the_hash() -> None:
    """The text names what was promised."""
    require_importable(ASPNET["v2"], Algorithm.ASPNET_IDENTITY, Settings())
    with pytest.raises(BadRequest, match="Password hash is in invalid Django PBKDF2 format"):
        require_importable(ASPNET["v2"], Algorithm.DJANGO_PBKDF2, Settings())
