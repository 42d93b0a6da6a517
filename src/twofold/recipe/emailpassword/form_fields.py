# SPDX-License-Identifier: Apache-2.0
"""Reads and checks the fields of the four forms: sign-up, sign-in, asking for a reset mail, setting a new password."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twofold.exceptions import BadInputError

from .exceptions import raise_form_field_exception
from .passwords import validate_password
from .types import ErrorFormField, FormField, InputFormField, NormalisedFormField, Validate

EMAIL, PASSWORD = "email", "password"
MAX_EMAIL_LENGTH = 256
IS_NOT_OPTIONAL = "Field is not optional"
EMAIL_IS_NOT_VALID = "Email is not valid"
# HTML Living Standard, section 4.10.5.1.5, with a dot required in the domain: the address is to be mailed to.
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@"
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
)


@dataclass(frozen=True)
class Forms:
    """The fields of each form."""

    sign_up: Sequence[NormalisedFormField]
    sign_in: Sequence[NormalisedFormField]
    request_reset: Sequence[NormalisedFormField]
    reset: Sequence[NormalisedFormField]


async def validate_email(value: Any, _tenant_id: str) -> str | None:
    """Return what is wrong with an address, or None."""
    is_valid = isinstance(value, str) and len(value) <= MAX_EMAIL_LENGTH and _EMAIL.fullmatch(value)
    return None if is_valid else EMAIL_IS_NOT_VALID


def forms_of(sign_up_fields: Sequence[InputFormField], *, adds_to_password_rules: bool = False) -> Forms:
    """Return all forms for a configured sign-up form.

    With `adds_to_password_rules` the application's rules for passwords hold beside ours, instead of in their place.
    """
    configured = [_normalised(field) for field in sign_up_fields]
    ids = {field.id for field in configured}
    missing = [InputFormField(id_) for id_ in (PASSWORD, EMAIL) if id_ not in ids]
    sign_up = [*configured, *(_normalised(field) for field in missing)]
    email = next(field for field in sign_up if field.id == EMAIL)
    password = next(field for field in sign_up if field.id == PASSWORD)
    if adds_to_password_rules and password.validate is not validate_password:
        password = NormalisedFormField(PASSWORD, _both(validate_password, password.validate), optional=False)
        sign_up = [password if field.id == PASSWORD else field for field in sign_up]
    # At sign-in a password is right or wrong; today's rules say nothing about yesterday's passwords.
    validate = {EMAIL: email.validate, PASSWORD: _accept}
    sign_in = [NormalisedFormField(field.id, validate[field.id], False) for field in sign_up if field.id in validate]
    return Forms(sign_up, sign_in, [email], [password])


def read_form_fields(value: Any) -> list[FormField]:
    """Read the member `formFields` of a body.

    Raises:
        BadInputError: it is not a list of fields.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadInputError("formFields must be an array")
    return [_read_field(item) for item in value]


async def check_form(fields: list[FormField], form: Sequence[NormalisedFormField], tenant_id: str) -> None:
    """Check every field of a form.

    Raises:
        BadInputError: more fields than the form has, or one of them twice.
        FieldError: with a text for each wrong field.
    """
    if len(fields) > len(form):
        raise BadInputError("Are you sending too many formFields?")
    given = {field.id: field.value for field in fields}
    # Otherwise one value could be checked and another one used.
    if len(given) < len(fields):
        raise BadInputError("formFields must not contain an id twice")
    errors = [
        ErrorFormField(field.id, error)
        for field in form
        if (error := await _error_of(field, given.get(field.id), tenant_id)) is not None
    ]
    if errors:
        raise_form_field_exception("Error in input formFields", errors)


def value_of(fields: list[FormField], id_: str) -> str:
    """Return the text of a field that the form requires."""
    return next(str(field.value) for field in fields if field.id == id_)


async def _error_of(field: NormalisedFormField, value: Any, tenant_id: str) -> str | None:
    if value is None or value == "":
        return None if field.optional else IS_NOT_OPTIONAL
    return await field.validate(value, tenant_id)


def _read_field(item: Any) -> FormField:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str) or "value" not in item:
        raise BadInputError("All elements of formFields must contain an 'id' and 'value' field")
    id_, value = item["id"], item["value"]
    if id_ in (EMAIL, PASSWORD) and not isinstance(value, str):
        raise BadInputError(f"{id_} value must be a string")
    if isinstance(value, str) and "\0" in value:
        raise BadInputError(f"{id_} must not contain NUL")
    return FormField(id_, value.strip() if id_ == EMAIL else value)


def _normalised(field: InputFormField) -> NormalisedFormField:
    usual = {EMAIL: validate_email, PASSWORD: validate_password}.get(field.id, _accept)
    # Without an address or a password there is nothing to sign up with, whatever the configuration says.
    optional = field.id not in (EMAIL, PASSWORD) and bool(field.optional)
    return NormalisedFormField(field.id, field.validate or usual, optional)


def _both(first: Validate, then: Validate) -> Validate:
    async def validate(value: Any, tenant_id: str) -> str | None:
        return await first(value, tenant_id) or await then(value, tenant_id)

    return validate


async def _accept(_value: Any, _tenant_id: str) -> str | None:
    return None
