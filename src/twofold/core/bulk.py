# SPDX-License-Identifier: Apache-2.0
"""Look-ups of many users in one call."""

from twofold.core.errors import BadRequest

MAX_USERS_PER_CALL = 500


def read_user_ids(user_ids: list[object]) -> list[str]:
    """The ids of a look-up. Raises BadRequest when there are too many, or one is no string."""
    if len(user_ids) > MAX_USERS_PER_CALL:
        raise BadRequest(f"You can only query up to {MAX_USERS_PER_CALL} users at a time.")
    ids = [user_id for user_id in user_ids if isinstance(user_id, str)]
    if len(ids) != len(user_ids):
        raise BadRequest("userIds array must contain only strings")
    return ids
