# SPDX-License-Identifier: Apache-2.0
"""What identifies a login method besides an email and a phone number: an account elsewhere, passkeys."""

from dataclasses import dataclass

from twofold._wire import Json


class ThirdPartyInfo:
    """An account at a third-party provider: the provider's `id` and the `user_id` there."""

    def __init__(self, third_party_user_id: str, third_party_id: str) -> None:
        self.user_id = third_party_user_id
        self.id = third_party_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ThirdPartyInfo) and (self.user_id, self.id) == (other.user_id, other.id)

    def __hash__(self) -> int:
        return hash((self.user_id, self.id))

    def __repr__(self) -> str:
        return f"ThirdPartyInfo(third_party_user_id={self.user_id!r}, third_party_id={self.id!r})"

    def to_json(self) -> Json:
        """Return `{"userId", "id"}`."""
        return {"userId": self.user_id, "id": self.id}

    @staticmethod
    def from_json(json: Json) -> "ThirdPartyInfo":
        """Return the account from `{"userId", "id"}`."""
        return ThirdPartyInfo(json["userId"], json["id"])


@dataclass(frozen=True)
class WebauthnInfo:
    """The passkeys of a user or login method."""

    credential_ids: list[str]

    def to_json(self) -> Json:
        """Return `{"credentialIds"}`."""
        return {"credentialIds": self.credential_ids}

    @staticmethod
    def from_json(json: Json) -> "WebauthnInfo":
        """Return the passkeys from `{"credentialIds"}`."""
        return WebauthnInfo(list(json["credentialIds"]))


@dataclass(frozen=True)
class WebauthnInfoInput:
    """One passkey, to search for."""

    credential_id: str

    def to_json(self) -> Json:
        """Return `{"credentialId"}`."""
        return {"credentialId": self.credential_id}
