# SPDX-License-Identifier: Apache-2.0
"""The configuration of a tenant as the dashboard shows it: what holds, and what may be set there."""

from dataclasses import Field, fields
from typing import Any

from twofold.core._fields import Json
from twofold.core.config import Level, Settings, kind_of
from twofold.core.tenancy.protected import is_protected

_VALUE_TYPES = {"String": "string", "boolean": "boolean", "int": "number", "long": "number", "double": "number"}


def shown_config(settings: Settings, *, is_operator: bool) -> list[Json]:
    """The settings that an app or a tenant may override, without secrets, and without those of the operator alone."""
    shown = [item for item in fields(Settings) if _is_shown(item)]
    return [
        _setting_json(item, getattr(settings, item.name))
        for item in shown
        if is_operator or not is_protected(item.name)
    ]


def _is_shown(item: Field[Any]) -> bool:
    return not (item.metadata["level"] is Level.BASE or item.metadata["hidden"] or item.metadata["secret"])


def _setting_json(item: Field[Any], value: Any) -> Json:
    choices = item.metadata["allowed"] if isinstance(item.metadata["allowed"], tuple) else None
    return {
        "key": item.name,
        "valueType": "enum" if choices else _VALUE_TYPES[kind_of(item.name)],
        "value": value,
        "description": item.metadata["help"],
        "isDifferentAcrossTenants": item.metadata["level"] is Level.TENANT,
        "possibleValues": choices,
        "isNullable": item.default is None,
        "defaultValue": item.default,
        # Settings of the database belong to the whole core here, not to a tenant.
        "isPluginProperty": False,
        "isPluginPropertyEditable": False,
    }
