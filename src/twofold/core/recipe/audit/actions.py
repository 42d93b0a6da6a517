# SPDX-License-Identifier: Apache-2.0
"""What the audit trail knows: one word for each kind of change."""

from enum import StrEnum


class Action(StrEnum):
    """What was done. The details that go with it are named beside it."""

    FACTOR_ADDED = "factor.added"  # factor; name of a device
    FACTOR_REMOVED = "factor.removed"  # factor; name of a device
    FACTOR_RENAMED = "factor.renamed"  # factor; name, newName
    PASSWORD_CHANGED = "password.changed"
    PASSWORD_RESET = "password.reset"
    CONTACT_CHANGED = "contact.changed"  # kinds, never the addresses themselves
    RECOVERY_CODES_CREATED = "recovery_codes.created"  # count, didReplace
    RECOVERY_CODE_USED = "recovery_codes.used"  # remaining
    RECOVERY_CODES_REMOVED = "recovery_codes.removed"
    DEVICE_TRUSTED = "trusted_device.added"
    DEVICE_DISTRUSTED = "trusted_device.removed"
    ACCOUNT_LOCKED = "account.locked"  # factor, of which no more is looked at for a while; once, when that begins
    ACCOUNT_UNLOCKED = "account.unlocked"
    SESSION_CREATED = "session.created"  # only with the setting audit_sign_ins
    SESSIONS_REVOKED = "sessions.revoked"  # count
    ROLE_GIVEN = "role.given"  # role
    ROLE_TAKEN = "role.taken"  # role
    USER_DELETED = "user.deleted"
    USER_LINKED = "user.linked"  # recipeUserId
    USER_UNLINKED = "user.unlinked"  # recipeUserId
    FACTOR_RESET_REQUESTED = "factor_reset.requested"  # factors, dueAt
    FACTOR_RESET_DONE = "factor_reset.done"  # factors
    FACTOR_RESET_CANCELLED = "factor_reset.cancelled"
