# SPDX-License-Identifier: Apache-2.0
"""Endpoints of user id mapping."""

from typing import Annotated

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import ABSENT, Absent, Field, Json
from twofold.core.errors import BadRequest, empty_field, invalid_field
from twofold.core.recipe.useridmapping import rules
from twofold.core.recipe.useridmapping.store import IdType, Mapping
from twofold.core.users.rules import Refused

ID_TYPES: dict[str, IdType] = {"SUPERTOKENS": "SUPERTOKENS", "EXTERNAL": "EXTERNAL", "ANY": "ANY"}

UserId = Annotated[str, Field(trim=True, not_blank=True)]
InternalId = Annotated[str, Field(name="superTokensUserId", trim=True, not_blank=True)]

endpoints = Endpoints()


@endpoints.post("/recipe/userid/map", Scope.APP)
async def create_mapping(
    call: Call,
    internal_id: InternalId,
    external_user_id: UserId,
    external_user_id_info: str | None = None,
    force: bool = False,
) -> Json:
    """Give a user an external id. Unless forced, only while nothing is stored under the internal one."""
    mapping = Mapping(internal_id, external_user_id, _info(external_user_id_info))
    try:
        await call.database.transaction(
            lambda tx: rules.create_mapping(
                tx, call.services.recipes, call.app_id, mapping, version=call.version, is_forced=force
            )
        )
    except rules.MappingExists as found:
        return {
            "status": "USER_ID_MAPPING_ALREADY_EXISTS_ERROR",
            "doesSuperTokensUserIdExist": found.has_internal_id,
            "doesExternalUserIdExist": found.has_external_id,
            # A published Python client reads this spelling.
            "does_external_user_id_exist": found.has_external_id,
        }
    except Refused as refused:
        return refused.answer
    return {"status": "OK"}


@endpoints.get("/recipe/userid/map", Scope.APP)
async def get_mapping(call: Call, user_id: UserId, user_id_type: str = "ANY") -> Json:
    """The mapping of an id."""
    # An empty type is no type, where elsewhere an empty value in a query is no value.
    id_type = _id_type("" if call.raw.get("userIdType") == "" else user_id_type)
    mapping = await rules.find_mapping(call.database, call.app_id, user_id, id_type)
    if mapping is None:
        return {"status": "UNKNOWN_MAPPING_ERROR"}
    answer = {"status": "OK", "superTokensUserId": mapping.internal_id, "externalUserId": mapping.external_id}
    return answer if mapping.info is None else answer | {"externalUserIdInfo": mapping.info}


@endpoints.post("/recipe/userid/map/remove", Scope.APP)
async def remove_mapping(call: Call, user_id: UserId, user_id_type: str = "ANY", force: bool = False) -> Json:
    """Take the external id away. Unless forced, only while nothing is stored under it."""
    id_type = _id_type(user_id_type)
    did_exist = await call.database.transaction(
        lambda tx: rules.remove_mapping(tx, call.services.recipes, call.app_id, user_id, id_type, is_forced=force)
    )
    return {"status": "OK", "didMappingExist": did_exist}


async def update_info(
    call: Call, user_id: UserId, user_id_type: str = "ANY", external_user_id_info: str | Absent | None = ABSENT
) -> Json:
    """Change what the application notes beside an external id; null removes it."""
    if isinstance(external_user_id_info, Absent):
        raise invalid_field("externalUserIdInfo")
    was_known = await rules.update_info(
        call.database, call.app_id, user_id, _id_type(user_id_type), _info(external_user_id_info)
    )
    return {"status": "OK"} if was_known else {"status": "UNKNOWN_MAPPING_ERROR"}


endpoints.put("/recipe/userid/external-user-id-info", Scope.APP)(update_info)
# A published Python client sends POST.
endpoints.post("/recipe/userid/external-user-id-info", Scope.APP)(update_info)


def _id_type(text: str) -> IdType:
    if text not in ID_TYPES:
        raise BadRequest("Field name 'userIdType' should be one of 'SUPERTOKENS', 'EXTERNAL' or 'ANY'")
    return ID_TYPES[text]


def _info(text: str | None) -> str | None:
    if text is None:
        return None
    if not text.strip():
        raise empty_field("externalUserIdInfo")
    return text.strip()
