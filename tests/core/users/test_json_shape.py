# SPDX-License-Identifier: Apache-2.0
"""Users as clients see them."""

from twofold.core.users.json_shape import listed_user_json, login_method_json, user_json
from twofold.core.users.model import LoginMethod, ThirdParty, User
from twofold.core.version import V3_0, V4_0, V5_3

PASSWORD = LoginMethod("emailpassword", "u1", "ext-1", 5, ("public", "t1"), is_verified=True, email="a@example.com")
GOOGLE = LoginMethod(
    "thirdparty",
    "u2",
    "u2",
    6,
    ("t1",),
    is_verified=False,
    email="a@example.com",
    third_party=ThirdParty("google", "g"),
)
CODE = LoginMethod("passwordless", "u3", "u3", 7, (), is_verified=True, phone_number="+442079460958")
PASSKEY = LoginMethod(
    "webauthn", "u4", "u4", 8, ("public",), is_verified=False, email="k@example.com", credential_ids=("c",)
)
USER = User("u1", "ext-1", is_primary=True, time_joined=5, login_methods=(PASSWORD, GOOGLE, CODE, PASSKEY))


def test_whole_person_in_the_newest_shape() -> None:
    """Everything of everybody, each value once, with effective ids, and nothing that is not set."""
    shown = user_json(USER, V5_3)

    assert shown == {
        "id": "ext-1",
        "isPrimaryUser": True,
        "tenantIds": ["public", "t1"],
        "timeJoined": 5,
        "emails": ["a@example.com", "k@example.com"],
        "phoneNumbers": ["+442079460958"],
        "thirdParty": [{"id": "google", "userId": "g"}],
        "webauthn": {"credentialIds": ["c"]},
        "loginMethods": [
            {
                "recipeId": "emailpassword",
                "recipeUserId": "ext-1",
                "tenantIds": ["public", "t1"],
                "timeJoined": 5,
                "verified": True,
                "email": "a@example.com",
            },
            {
                "recipeId": "thirdparty",
                "recipeUserId": "u2",
                "tenantIds": ["t1"],
                "timeJoined": 6,
                "verified": False,
                "email": "a@example.com",
                "thirdParty": {"id": "google", "userId": "g"},
            },
            {
                "recipeId": "passwordless",
                "recipeUserId": "u3",
                "tenantIds": [],
                "timeJoined": 7,
                "verified": True,
                "phoneNumber": "+442079460958",
            },
            {
                "recipeId": "webauthn",
                "recipeUserId": "u4",
                "tenantIds": ["public"],
                "timeJoined": 8,
                "verified": False,
                "email": "k@example.com",
                "webauthn": {"credentialIds": ["c"]},
            },
        ],
    }


def test_before_passkeys_their_parts_are_left_out() -> None:
    """Before 5.3 passkeys are listed without their part, and their e-mails do not count."""
    shown = user_json(USER, V4_0)

    assert "webauthn" not in shown
    assert shown["emails"] == ["a@example.com"]
    assert [item["recipeId"] for item in shown["loginMethods"]][-1] == "webauthn"
    assert all("webauthn" not in item for item in shown["loginMethods"])


def test_before_linking_one_login_method_is_shown() -> None:
    """Before 4.0 a user is flat: its first login method."""
    flat = {"id": "ext-1", "timeJoined": 5, "tenantIds": ["public", "t1"], "email": "a@example.com"}

    assert user_json(USER, V3_0) == flat
    assert listed_user_json(USER, V3_0) == {"recipeId": "emailpassword", "user": flat}
    assert listed_user_json(USER, V4_0) == user_json(USER, V4_0)
    assert login_method_json(GOOGLE)["thirdParty"] == {"id": "google", "userId": "g"}
