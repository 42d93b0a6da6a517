# SPDX-License-Identifier: Apache-2.0
"""Tells the algorithm of a stored hash from its form, and says which hashes may be imported."""

from enum import StrEnum

from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.passwords import argon2, bcrypt_hash, firebase_scrypt, pbkdf2

MAX_HASH_LENGTH = 256


class Algorithm(StrEnum):
    """The algorithms, named as in imports."""

    ARGON2 = "ARGON2"
    BCRYPT = "BCRYPT"
    FIREBASE_SCRYPT = "FIREBASE_SCRYPT"
    DJANGO_PBKDF2 = "DJANGO_PBKDF2"
    ASPNET_IDENTITY = "ASPNET_IDENTITY"


_NAMES_IN_TEXTS = {
    Algorithm.ARGON2: "Argon2 ",
    Algorithm.BCRYPT: "BCrypt ",
    Algorithm.FIREBASE_SCRYPT: "Firebase SCrypt ",
    Algorithm.DJANGO_PBKDF2: "Django PBKDF2 ",
    Algorithm.ASPNET_IDENTITY: "ASP.NET Identity ",
    None: "",
}


def algorithm_of(stored: str) -> Algorithm | None:
    """The algorithm that a stored hash names; None when no password can match it."""
    if stored.startswith(argon2.PREFIXES):
        return Algorithm.ARGON2
    if stored.startswith(bcrypt_hash.PREFIXES):
        return Algorithm.BCRYPT
    if stored.startswith(firebase_scrypt.PREFIX):
        return Algorithm.FIREBASE_SCRYPT
    if pbkdf2.parse_django(stored) is not None:
        return Algorithm.DJANGO_PBKDF2
    return Algorithm.ASPNET_IDENTITY if pbkdf2.parse_aspnet(stored) is not None else None


def require_importable(stored: str, algorithm: Algorithm | None, settings: Settings) -> None:
    """Raise BadRequest unless the hash looks like one of the algorithm, or of any when none is named.

    Argon2 and bcrypt are known by their beginning; the other forms are checked, and Firebase's needs the project's
    signer key.
    """
    named = algorithm_of(stored)
    is_firebase = Algorithm.FIREBASE_SCRYPT in (algorithm, named) and algorithm in (None, Algorithm.FIREBASE_SCRYPT)
    if is_firebase and settings.firebase_password_hashing_signer_key is None:
        raise BadRequest(
            "'firebase_password_hashing_signer_key' cannot be null: set it in the app's configuration to import hashes "
            "of Firebase"
        )
    is_wellformed = not is_firebase or firebase_scrypt.parse(stored) is not None
    if named is None or algorithm not in (None, named) or not is_wellformed:
        raise BadRequest(f"Password hash is in invalid {_NAMES_IN_TEXTS[algorithm]}format")
    if len(stored) > MAX_HASH_LENGTH:
        raise BadRequest(f"Password hash is too long: at most {MAX_HASH_LENGTH} characters are allowed")
