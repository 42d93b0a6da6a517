# SPDX-License-Identifier: Apache-2.0
"""Errors of the e-mail and password recipe.

SuperTokensError
└── SuperTokensEmailPasswordError
    └── FieldError                 form fields are wrong; becomes a FIELD_ERROR reply
"""

from typing import NoReturn

from twofold._wire import Json
from twofold.exceptions import SuperTokensError

from .types import ErrorFormField


class SuperTokensEmailPasswordError(SuperTokensError):
    """Base of the errors of this recipe."""


class FieldError(SuperTokensEmailPasswordError):
    """Form fields are wrong; front ends show each text beside its field."""

    def __init__(self, msg: str, form_fields: list[ErrorFormField]) -> None:
        super().__init__(msg)
        self.form_fields = form_fields

    def get_json_form_fields(self) -> list[Json]:
        """Return the fields with their errors."""
        return [{"id": field.id, "error": field.error} for field in self.form_fields]


def raise_form_field_exception(msg: str, form_fields: list[ErrorFormField]) -> NoReturn:
    """Refuse a form."""
    raise FieldError(msg, form_fields)
