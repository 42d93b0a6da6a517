# SPDX-License-Identifier: Apache-2.0
"""Claims: their form in the payload, the requirements on them, and the reasons that front ends read."""

from typing import Any

import pytest

from twofold.recipe.session.claim_base_classes.session_claim import SessionClaimValidator
from twofold.recipe.session.claims import BooleanClaim, PrimitiveArrayClaim, PrimitiveClaim
from twofold.recipe.session.claims_validation import Subject, validate_claims_in_payload, with_fetched_claims
from twofold.recipe.session.interfaces import ClaimValidationResult
from twofold.types import RecipeUserId

pytestmark = pytest.mark.without_core

NOW_MS = 1_800_000_000_000
USER = RecipeUserId("recipe-user")


def plan(value: Any = "free", default_max_age_in_sec: int | None = None) -> PrimitiveClaim[str]:
    """Return a claim with a clock that stands still."""
    claim = PrimitiveClaim[str]("plan", lambda *_: value, default_max_age_in_sec)
    claim.clock = lambda: NOW_MS
    return claim


def groups() -> PrimitiveArrayClaim[str]:
    """Return a claim with a list."""
    claim = PrimitiveArrayClaim[str]("groups", lambda *_: ["staff", "night"])
    claim.clock = lambda: NOW_MS
    return claim


def entry(value: Any, age_seconds: float = 0) -> dict[str, Any]:
    """Return a claim's entry in the payload."""
    return {"v": value, "t": NOW_MS - int(age_seconds * 1000)}


async def reason_of(validator: SessionClaimValidator, payload: dict[str, Any]) -> Any:
    """Return the reason of a refusal, or None."""
    result = await validator.validate(payload, {})
    return None if result.is_valid else result.reason


def test_form_in_the_payload() -> None:
    """A claim lies under its key as value and time; merging null removes it."""
    claim = plan()

    assert claim.add_to_payload_({}, "pro") == {"plan": {"v": "pro", "t": NOW_MS}}
    assert claim.get_value_from_payload({"plan": entry("pro")}) == "pro"
    assert claim.get_last_refetch_time({"plan": entry("pro", 1)}) == NOW_MS - 1000
    assert claim.remove_from_payload_by_merge_({"plan": entry("pro")}) == {"plan": None}
    assert claim.remove_from_payload({"plan": entry("pro"), "other": 1}) == {"other": 1}
    assert claim.remove_from_payload({}) == {}


@pytest.mark.parametrize("payload", [{}, {"plan": None}, {"plan": "pro"}, {"plan": []}, {"plan": {}}])
def test_foreign_form_is_no_value(payload: dict[str, Any]) -> None:
    """Whatever else an application put under the key is not taken for a value."""
    assert plan().get_value_from_payload(payload) is None
    assert plan().get_last_refetch_time(payload) is None


@pytest.mark.parametrize(
    ("payload", "max_age", "reason"),
    [
        ({"plan": entry("pro")}, None, None),
        ({"plan": entry("pro", 1_000_000)}, None, None),
        ({"plan": entry("pro", 1_000_000)}, 0, None),
        ({"plan": entry("pro", 300)}, 300, None),
        ({}, None, {"message": "value does not exist", "expectedValue": "pro", "actualValue": None}),
        ({"plan": entry("free")}, 300, {"message": "wrong value", "expectedValue": "pro", "actualValue": "free"}),
        ({"plan": entry("pro", 301)}, 300, {"message": "expired", "ageInSeconds": 301.0, "maxAgeInSeconds": 300}),
        ({"plan": entry("free", 301)}, 300, {"message": "expired", "ageInSeconds": 301.0, "maxAgeInSeconds": 300}),
    ],
)
async def test_reasons_of_has_value(payload: dict[str, Any], max_age: int | None, reason: Any) -> None:
    """Presence, age and value are checked in this order, and told in these words."""
    assert await reason_of(plan().validators.has_value("pro", max_age), payload) == reason


async def test_reasons_of_booleans() -> None:
    """`is_true` and `is_false` are requirements of one value."""
    paid = BooleanClaim("paid", lambda *_: False)
    payload = {"paid": {"v": False, "t": 1}}

    expected = {"message": "wrong value", "expectedValue": True, "actualValue": False}
    assert await reason_of(paid.validators.is_true(None), payload) == expected
    assert await reason_of(paid.validators.is_false(None), payload) is None


VALUES = ["staff", "night"]


@pytest.mark.parametrize(
    ("name", "wanted", "key", "is_valid"),
    [
        ("includes", "staff", "expectedToInclude", True),
        ("includes", "day", "expectedToInclude", False),
        ("excludes", "day", "expectedToNotInclude", True),
        ("excludes", "staff", "expectedToNotInclude", False),
        ("includes_all", ["night", "staff"], "expectedToInclude", True),
        ("includes_all", [], "expectedToInclude", True),
        ("includes_all", ["staff", "day"], "expectedToInclude", False),
        ("includes_any", ["day", "night"], "expectedToIncludeAtLeastOneOf", True),
        ("includes_any", [], "expectedToIncludeAtLeastOneOf", False),
        ("includes_any", ["day"], "expectedToIncludeAtLeastOneOf", False),
        ("excludes_all", ["day"], "expectedToNotInclude", True),
        ("excludes_all", [], "expectedToNotInclude", True),
        ("excludes_all", ["day", "staff"], "expectedToNotInclude", False),
        ("includes", {"unhashable": 1}, "expectedToInclude", False),
    ],
)
async def test_reasons_of_lists(name: str, wanted: Any, key: str, is_valid: bool) -> None:
    """Each requirement on a list tells what it wanted under its own name."""
    validator = getattr(groups().validators, name)(wanted)

    reason = await reason_of(validator, {"groups": entry(VALUES)})

    assert reason == (None if is_valid else {"message": "wrong value", key: wanted, "actualValue": VALUES})
    missing = {"message": "value does not exist", key: wanted, "actualValue": None}
    assert await reason_of(validator, {}) == missing


async def test_list_requirements_refuse_other_forms() -> None:
    """A text is no list, even if it contains the wanted letters."""
    assert await reason_of(groups().validators.includes("staff"), {"groups": entry("staff")}) is not None
    assert await reason_of(groups().validators.excludes("day"), {"groups": entry("staff")}) is not None


@pytest.mark.parametrize(
    ("payload", "max_age", "default", "should"),
    [
        ({}, None, None, True),
        ({"plan": entry("x")}, None, None, False),
        ({"plan": entry("x", 10)}, 5, None, True),
        ({"plan": entry("x", 10)}, None, 5, True),
        ({"plan": entry("x", 10)}, 20, 5, False),
        ({"plan": entry("x", 10)}, 0, 5, True),
        ({"plan": entry("x", 5)}, 5, None, False),
    ],
)
def test_should_refetch(payload: dict[str, Any], max_age: int | None, default: int | None, should: bool) -> None:
    """A value is fetched when it is missing or too old; an age of 0 counts as none given."""
    validator = plan(default_max_age_in_sec=default).validators.has_value("x", max_age)

    assert validator.should_refetch(payload, {}) is should


def test_ids() -> None:
    """A validator is called after its claim unless it has a name of its own."""
    assert plan().validators.has_value("x").id == "plan"
    assert plan().validators.has_value("x", None, "mine").id == "mine"
    assert groups().validators.includes("x", id_="mine").id == "mine"


async def _five(user_id: Any, recipe_user_id: Any, tenant_id: Any, payload: Any, context: Any) -> Any:
    return [user_id, recipe_user_id.get_as_string(), tenant_id, payload, context]


def _any_number(*arguments: Any) -> Any:
    return len(arguments)


@pytest.mark.parametrize(
    ("fetch_value", "expected"),
    [
        (_five, ["user", "recipe-user", "t1", {"a": 1}, {"c": 2}]),
        (lambda user_id, context: [user_id, context], ["user", {"c": 2}]),
        (lambda user_id, tenant_id, context: [user_id, tenant_id, context], ["user", "t1", {"c": 2}]),
        (_any_number, 5),
    ],
)
async def test_fetch_value_of_every_age(fetch_value: Any, expected: Any) -> None:
    """Claims that applications wrote for older versions get the arguments that they know."""
    claim = PrimitiveClaim[Any]("plan", fetch_value)
    claim.clock = lambda: NOW_MS

    assert await claim.build("user", USER, "t1", {"a": 1}, {"c": 2}) == {"plan": {"v": expected, "t": NOW_MS}}


async def test_build_without_value_adds_nothing() -> None:
    """None means that there is no value, so the payload stays as it is."""
    assert await plan(None).build("user", USER, "t1", {}, {}) == {}


async def test_build_of_older_ages() -> None:
    """Overrides of older ages build claims by user and tenant alone."""
    claim = PrimitiveClaim[Any]("plan", _five)

    built = await claim.build("user", "t1", {"c": 2})

    assert built["plan"]["v"] == ["user", "user", "t1", {}, {"c": 2}]
    assert (await claim.build("user", "t1"))["plan"]["v"][4] == {}


class AwaitsItsDecision(SessionClaimValidator):
    """A validator whose `should_refetch` is a coroutine function."""

    def __init__(self, claim: PrimitiveClaim[str], should: bool) -> None:
        super().__init__("mine")
        self.claim = claim
        self.should = should

    async def should_refetch(self, payload: dict[str, Any], user_context: dict[str, Any]) -> bool:
        """Decide asynchronously."""
        return self.should

    async def validate(self, payload: dict[str, Any], user_context: dict[str, Any]) -> ClaimValidationResult:
        """Never be content."""
        return ClaimValidationResult(False, {"seen": payload.get("plan")})


@pytest.mark.parametrize(("should", "fetched"), [(False, {}), (True, {"plan": {"v": "free", "t": NOW_MS}})])
async def test_should_refetch_may_be_awaited(should: bool, fetched: dict[str, Any]) -> None:
    """An asynchronous decision is waited for: a coroutine object must not count as yes."""
    payload: dict[str, Any] = {}

    result = await with_fetched_claims(Subject("user", USER), payload, [AwaitsItsDecision(plan(), should)], {})

    assert result == fetched
    assert payload == {}


async def test_all_failures_are_told() -> None:
    """Every validator is asked, so that the front end can guide its user once."""
    validators = [
        plan().validators.has_value("pro"),
        AwaitsItsDecision(plan(), True),
        groups().validators.includes("a"),
    ]

    errors = await validate_claims_in_payload(validators, {"plan": entry("free")}, {})

    assert [error.to_json()["id"] for error in errors] == ["plan", "mine", "groups"]


def test_valid_result_has_an_empty_reason() -> None:
    """A reason tells of a failure only."""
    assert ClaimValidationResult(True, {"a": 1}).reason == {}


async def test_validator_with_claim_must_decide() -> None:
    """Forgetting `should_refetch` is told to the developer."""

    class Forgetful(SessionClaimValidator):
        async def validate(self, payload: dict[str, Any], user_context: dict[str, Any]) -> ClaimValidationResult:
            return ClaimValidationResult(True)

    validator = Forgetful("f")
    validator.claim = plan()
    with pytest.raises(NotImplementedError, match="should_refetch"):
        await with_fetched_claims(Subject("user", USER), {}, [validator], {})
