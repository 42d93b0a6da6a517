# SPDX-License-Identifier: Apache-2.0
"""What an attacker answers a challenge with, and what it gets: nothing (classes 18 and 19)."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.core.recipe.calls import Json, at_once, create_tenant, rows
from tests.core.recipe.webauthn.passkeys import (
    ORIGIN,
    answer,
    begin_registration,
    begin_sign_in,
    sign_in,
    sign_up,
)
from twofold._authenticator import Passkey, VirtualAuthenticator
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.version import V5_3, V5_4, V5_5, Version

MANY = 16
NOT_FOUND = {"status": "OPTIONS_NOT_FOUND_ERROR"}


async def try_to_sign_in(core: Core, authenticator: VirtualAuthenticator, **options: Any) -> str:
    """Answer a new challenge, and return the status."""
    status: str = (await sign_in(core, authenticator, **options))["status"]
    return status


def with_credential_id(authenticator: VirtualAuthenticator, begun: Json, credential_id: bytes) -> Json:
    """A registration under an id that was not drawn."""
    passkey = Passkey(credential_id, "example.com", b"handle", ec.generate_private_key(ec.SECP256R1()))
    return authenticator.attest(passkey, begun)


async def test_challenge_is_used_once(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Attack class 18: an assertion that was accepted is worth nothing afterwards (class 18) (AAL2 3.1.6.2, 3.2.7)."""
    begun = await begin_sign_in(core)
    assertion = authenticator.get(begun)
    assert (await answer(core, "signin", begun, assertion))["status"] == "OK"

    assert await answer(core, "signin", begun, assertion) == NOT_FOUND
    assert await answer(core, "signin", begun, authenticator.get(begun)) == NOT_FOUND


@pytest.mark.parametrize("counts", [True, False])
async def test_one_of_many_uses_at_once_wins(core: Core, counts: bool) -> None:
    """Attack class 18.

    One assertion sent sixteen times at once signs in once, whether its authenticator counts or not (class 9).
    """
    authenticator = VirtualAuthenticator(ORIGIN, counts=counts)
    await sign_up(core, authenticator)
    begun = await begin_sign_in(core)
    body = {**begun, "credential": authenticator.get(begun)}

    statuses = await at_once(core, "webauthn/signin", body, MANY, version=V5_5)

    assert statuses["OK"] == 1
    assert sum(statuses.values()) == MANY


@pytest.mark.parametrize("version", [V5_3, V5_4])
async def test_older_clients_may_repeat_one_assertion_once(
    core: Core, authenticator: VirtualAuthenticator, user_id: str, version: Version
) -> None:
    """They check one sign-in twice. Nobody else gets in by that: not later, not with another assertion."""
    begun = await begin_sign_in(core)
    assertion, other = authenticator.get(begun), authenticator.get(begun)
    assert (await answer(core, "signin", begun, assertion, version=version))["status"] == "OK"

    assert await answer(core, "signin", begun, other, version=version) == NOT_FOUND
    assert await answer(core, "signin", begun, assertion, version=V5_5) == NOT_FOUND
    assert (await answer(core, "signin", begun, assertion, version=version))["recipeUserId"] == user_id
    assert await answer(core, "signin", begun, assertion, version=version) == NOT_FOUND


async def test_at_most_two_of_many_older_uses_at_once_win(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """The repetition is counted by the database, too."""
    begun = await begin_sign_in(core)
    body = {**begun, "credential": authenticator.get(begun)}

    statuses = await at_once(core, "webauthn/signin", body, MANY, version=V5_4)

    assert 1 <= statuses["OK"] <= 2


async def test_repetition_is_of_the_same_credential(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """Whoever repeats an assertion cannot put another one's credential id on it."""
    mallory = VirtualAuthenticator(ORIGIN)
    await sign_up(core, mallory, "mallory@example.com")
    begun = await begin_sign_in(core)
    assertion = mallory.get(begun)
    assert (await answer(core, "signin", begun, assertion, version=V5_4))["status"] == "OK"

    for forged in (
        {**assertion, "id": authenticator.passkeys[0].id},
        {**assertion, "id": authenticator.passkeys[0].id, "rawId": authenticator.passkeys[0].id},
    ):
        assert await answer(core, "signin", begun, forged, version=V5_4) == NOT_FOUND


async def test_registration_is_used_once(core: Core, authenticator: VirtualAuthenticator) -> None:
    """A registration cannot be sent again, not even after the user or the passkey has gone."""
    begun = await begin_registration(core)
    credential = authenticator.create(begun)
    made = await answer(core, "signup", begun, credential)
    assert await answer(core, "signup", begun, credential) == NOT_FOUND
    await core.call("POST", "/user/remove", body={"userId": made["recipeUserId"]})

    assert await answer(core, "signup", begun, credential) == NOT_FOUND


async def test_one_of_many_sign_ups_at_once_wins(core: Core, authenticator: VirtualAuthenticator) -> None:
    """One registration sent sixteen times at once makes one user with one passkey (class 9)."""
    begun = await begin_registration(core)

    statuses = await at_once(core, "webauthn/signup", {**begun, "credential": authenticator.create(begun)}, MANY)

    assert statuses == {"OK": 1, "OPTIONS_NOT_FOUND_ERROR": MANY - 1}
    assert len(await rows(core, "users")) == len(await rows(core, "webauthn_credentials")) == 1


async def test_expired_challenge(
    core: Core, authenticator: VirtualAuthenticator, user_id: str, clock: TurnableClock
) -> None:
    """An answer that comes when the time is up is refused."""
    begun = await begin_sign_in(core)
    other = await begin_registration(core, "b@example.com")
    clock.turn(seconds=60)

    expired = {"status": "INVALID_OPTIONS_ERROR", "reason": "Options expired"}
    assert await answer(core, "signin", begun, authenticator.get(begun)) == expired
    assert await answer(core, "signup", other, authenticator.create(other)) == expired


@pytest.mark.parametrize(
    "origin", ["https://example.com.evil.example", "http://app.example.com", "https://example.com"]
)
async def test_other_origin(core: Core, authenticator: VirtualAuthenticator, user_id: str, origin: str) -> None:
    """Attack class 19.

    What another page got signed, with the right keys and the right challenge, opens nothing (class 19).

    AAL2 2.2.2, 3.2.5.
    """
    authenticator.origin = origin

    assert await try_to_sign_in(core, authenticator) == "INVALID_AUTHENTICATOR_ERROR"
    assert (await sign_up(core, authenticator, "b@example.com"))["status"] == "INVALID_AUTHENTICATOR_ERROR"


async def test_other_relying_party(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Attack class 19: a passkey of another site is unknown here, also when it claims to be one of ours (class 19)."""
    authenticator.passkeys[0].relying_party_id = "evil.example"
    begun = await begin_sign_in(core)
    assertion = authenticator.get({**begun, "relyingPartyId": "evil.example"})
    assert (await answer(core, "signin", begun, assertion))["status"] == "INVALID_AUTHENTICATOR_ERROR"

    other = await begin_registration(core, "b@example.com")
    credential = authenticator.create({**other, "rp": {"id": "evil.example"}})
    assert (await answer(core, "signup", other, credential))["status"] == "INVALID_AUTHENTICATOR_ERROR"


async def test_credential_is_known_to_its_relying_party_only(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """Another site of the same app asks for its own passkeys (class 19)."""
    begun = await begin_sign_in(core, relyingPartyId="other.example", origin="https://other.example")
    authenticator.passkeys[0].relying_party_id, authenticator.origin = "other.example", "https://other.example"

    assert await answer(core, "signin", begun, authenticator.get(begun)) == {"status": "CREDENTIAL_NOT_FOUND_ERROR"}


async def test_options_belong_to_their_tenant(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Attack class 19: a challenge of one tenant is none in another (class 19)."""
    await create_tenant(core, "t1")
    begun = await begin_sign_in(core, tenant_id="t1")
    assertion = authenticator.get(begun)
    assert await answer(core, "signin", begun, assertion) == NOT_FOUND

    other = await begin_registration(core, "b@example.com", tenant_id="t1")
    assert await answer(core, "signup", other, authenticator.create(other)) == NOT_FOUND


async def test_credential_opens_the_tenants_of_its_user(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """A passkey of somebody who is not in the tenant opens nothing there, until they are (class 19)."""
    await create_tenant(core, "t1")
    refused = await sign_in(core, authenticator, tenant_id="t1")
    await core.call("POST", "/recipe/multitenancy/tenant/user", tenant_id="t1", body={"recipeUserId": user_id})
    allowed = await sign_in(core, authenticator, tenant_id="t1")

    assert refused == {"status": "UNKNOWN_USER_ID_ERROR"}
    assert allowed["recipeUserId"] == user_id


async def test_cloned_authenticator(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """A counter that does not go on tells of a copy: section 7.2, signCount."""
    assert await try_to_sign_in(core, authenticator) == "OK"
    assert await try_to_sign_in(core, authenticator) == "OK"
    authenticator.passkeys[0].sign_count = 1

    assert await try_to_sign_in(core, authenticator) == "INVALID_AUTHENTICATOR_ERROR"
    authenticator.counts, authenticator.passkeys[0].sign_count = False, 0
    assert await try_to_sign_in(core, authenticator) == "INVALID_AUTHENTICATOR_ERROR"
    authenticator.counts, authenticator.passkeys[0].sign_count = True, 2
    assert await try_to_sign_in(core, authenticator) == "OK"


async def test_clones_at_once(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Copies that answer challenges of their own with the same counter get in once (class 9)."""
    passkey, answers = authenticator.passkeys[0], []
    for _ in range(8):
        begun = await begin_sign_in(core)
        passkey.sign_count = 6
        answers.append(answer(core, "signin", begun, authenticator.get(begun)))
    statuses = Counter(item["status"] for item in await asyncio.gather(*answers))

    assert statuses == {"OK": 1, "INVALID_AUTHENTICATOR_ERROR": 7}


async def test_clone_does_not_use_the_challenge_up(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """What is refused leaves the challenge to the right answer."""
    begun = await begin_sign_in(core)
    authenticator.is_user_present = False
    assert (await answer(core, "signin", begun, authenticator.get(begun)))["status"] == "INVALID_AUTHENTICATOR_ERROR"
    authenticator.is_user_present = True

    assert (await answer(core, "signin", begun, authenticator.get(begun)))["status"] == "OK"


async def test_user_verification(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Where the PIN or fingerprint is required, a mere touch is not enough; elsewhere it is (AAL2 3.1.7)."""
    authenticator.verifies_user = False

    assert await try_to_sign_in(core, authenticator, userVerification="required") == "INVALID_AUTHENTICATOR_ERROR"
    assert await try_to_sign_in(core, authenticator, userVerification="preferred") == "OK"
    made = await sign_up(core, authenticator, "b@example.com", userVerification="required")
    assert made["status"] == "INVALID_AUTHENTICATOR_ERROR"


async def test_user_presence(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Signing in without a touch is refused always, registering where it was asked for (sections 7.1 and 7.2)."""
    authenticator.is_user_present = False

    assert await try_to_sign_in(core, authenticator, userPresence=False) == "INVALID_AUTHENTICATOR_ERROR"
    required = await sign_up(core, authenticator, "b@example.com", userPresence=True)
    assert required["status"] == "INVALID_AUTHENTICATOR_ERROR"
    assert (await sign_up(core, authenticator, "b@example.com", userPresence=False))["status"] == "OK"


async def test_credential_of_another_user(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """Nobody signs in with another one's credential id and their own key, or with another one's user handle."""
    mallory = VirtualAuthenticator(ORIGIN)
    await sign_up(core, mallory, "mallory@example.com")
    theirs, own = authenticator.passkeys[0], mallory.passkeys[0]

    own.credential_id, kept = theirs.credential_id, own.credential_id
    assert await try_to_sign_in(core, mallory) == "INVALID_AUTHENTICATOR_ERROR"
    own.credential_id, own.user_handle = kept, theirs.user_handle
    assert await try_to_sign_in(core, mallory) == "INVALID_AUTHENTICATOR_ERROR"


async def test_same_credential_is_not_registered_twice(
    core: Core, authenticator: VirtualAuthenticator, user_id: str
) -> None:
    """Whoever knows a credential id cannot register it for themselves, nor its owner again."""
    mallory = VirtualAuthenticator(ORIGIN)
    mallory_id = (await sign_up(core, mallory, "mallory@example.com"))["recipeUserId"]
    taken = authenticator.passkeys[0].credential_id
    for recipe_user_id in (user_id, mallory_id):
        begun = await begin_registration(core)
        credential = with_credential_id(mallory, begun, taken)
        refused = await answer(core, "user/credential/register", begun, credential, recipeUserId=recipe_user_id)
        assert refused == {"status": "CREDENTIAL_ALREADY_EXISTS_ERROR"}

    begun = await begin_registration(core, "c@example.com")
    refused = await answer(core, "signup", begun, with_credential_id(mallory, begun, taken))
    assert refused["status"] == "INVALID_CREDENTIALS_ERROR"
    assert len(await rows(core, "users")) == len(await rows(core, "webauthn_credentials")) == 2


async def test_id_must_be_the_attested_one(core: Core, authenticator: VirtualAuthenticator) -> None:
    """The id beside the attestation is not believed."""
    begun = await begin_registration(core)
    forged = {**authenticator.create(begun), "id": "AAAA", "rawId": "AAAA"}

    assert (await answer(core, "signup", begun, forged))["status"] == "INVALID_AUTHENTICATOR_ERROR"


async def test_id_has_a_maximal_length(core: Core, authenticator: VirtualAuthenticator) -> None:
    """1023 bytes are allowed, more are not (section 7.1)."""
    begun = await begin_registration(core)
    longer = with_credential_id(authenticator, begun, bytes(1024))
    longest = with_credential_id(authenticator, begun, bytes(1023))

    assert (await answer(core, "signup", begun, longer))["status"] == "INVALID_AUTHENTICATOR_ERROR"
    assert (await answer(core, "signup", begun, longest))["status"] == "OK"


async def test_frame_of_another_origin(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """A ceremony in somebody else's frame is refused: its user may not see whom they answer (section 7.2)."""
    authenticator.is_in_foreign_frame = True

    assert await try_to_sign_in(core, authenticator) == "INVALID_AUTHENTICATOR_ERROR"
    assert (await sign_up(core, authenticator, "b@example.com"))["status"] == "INVALID_AUTHENTICATOR_ERROR"


async def test_backup_eligibility_stays(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """A credential of one device does not become one that is copied (section 7.2)."""
    authenticator.is_synchronised = True

    assert await try_to_sign_in(core, authenticator) == "INVALID_AUTHENTICATOR_ERROR"


async def test_ceremonies_are_not_exchanged(core: Core, authenticator: VirtualAuthenticator, user_id: str) -> None:
    """A challenge to register cannot be answered by signing in, nor the other way round (class 18)."""
    to_register, to_sign_in = await begin_registration(core, "b@example.com"), await begin_sign_in(core)

    assertion = authenticator.get({**to_sign_in, "challenge": to_register["challenge"]})
    assert (await answer(core, "signin", to_register, assertion))["status"] == "INVALID_OPTIONS_ERROR"
    credential = authenticator.create({**to_register, "challenge": to_sign_in["challenge"]})
    assert (await answer(core, "signup", to_sign_in, credential))["status"] == "INVALID_OPTIONS_ERROR"
