# SPDX-License-Identifier: Apache-2.0
"""What tests of users do again and again: create login methods, make primary users, link, and check that all agrees."""

from collections.abc import Iterator
from itertools import count

from twofold.core import users
from twofold.core.recipe import usermetadata
from twofold.core.recipe.accountlinking import rules as linking
from twofold.core.recipe.useridmapping import store as mapping_store
from twofold.core.recipe.useridmapping.store import Mapping
from twofold.core.storage import Database, Query
from twofold.core.storage.database import Connection
from twofold.core.users import claims, deletion, rules, store
from twofold.core.users.model import NewLoginMethod, ThirdParty, User

APP = "public"
NOW_MS = 1_000_000
RECIPES = (users.recipe, usermetadata.recipe)

USERS = Query("SELECT user_id, is_primary, time_joined FROM users WHERE app_id = :app_id")
TENANT_ROWS = Query("SELECT * FROM login_method_tenants WHERE app_id = :app_id")
CLAIMS = Query("SELECT tenant_id, account_info, primary_user_id FROM primary_claims WHERE app_id = :app_id")


class People:
    """People in one database. Ids are `u1`, `u2`, … and times of joining 1, 2, …, in the order of creation."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._numbers: Iterator[int] = count(1)

    def new(self, email: str | None = None, **more: object) -> NewLoginMethod:
        """A login method with the next id: passwordless with a `phone_number`, else by e-mail and password."""
        number = next(self._numbers)
        third_party = more.get("third_party")
        phone_number = more.get("phone_number")
        recipe_id = "thirdparty" if third_party else "passwordless" if phone_number else "emailpassword"
        values: dict[str, object] = {"recipe_id": recipe_id, "time_joined": number} | more
        return NewLoginMethod(internal_id=f"u{number}", email=email, **values)  # type: ignore[arg-type]  # from a test

    async def create(self, email: str | None = None, *, tenant_id: str = "public", **more: object) -> str:
        """Create a person and return its id."""
        new = self.new(email, **more)
        user = await self.database.transaction(lambda tx: rules.create_login_method(tx, APP, tenant_id, new))
        assert user is not None
        return user.internal_id

    async def create_with_google(self, google_id: str, email: str, *, tenant_id: str = "public") -> str:
        """Create a person that signs in with Google."""
        return await self.create(email, tenant_id=tenant_id, third_party=ThirdParty("google", google_id))

    async def find(self, user_id: str) -> User:
        """The person with an id."""
        user = await store.find_user_by_any_id(self.database, APP, user_id)
        assert user is not None
        return user

    async def exists(self, user_id: str) -> bool:
        """Whether an id is known."""
        return await store.find_user_by_any_id(self.database, APP, user_id) is not None

    async def make_primary(self, user_id: str) -> User:
        """Make a primary user."""
        _, user = await self.database.transaction(lambda tx: linking.make_primary(tx, APP, user_id))
        return user

    async def link(self, user_id: str, primary_id: str, now_ms: int = 1000) -> User:
        """Link a login method to a primary user."""
        _, user = await self.database.transaction(
            lambda tx: linking.link(tx, RECIPES, APP, user_id, primary_id, now_ms)
        )
        return user

    async def group(self, *user_ids: str) -> str:
        """Make the first a primary user and link the others to it; returns its id."""
        await self.make_primary(user_ids[0])
        for user_id in user_ids[1:]:
            await self.link(user_id, user_ids[0])
        return user_ids[0]

    async def unlink(self, user_id: str) -> linking.Unlinked:
        """Unlink a login method."""
        return await self.database.transaction(lambda tx: linking.unlink(tx, RECIPES, APP, user_id, NOW_MS))

    async def add_to_tenant(self, tenant_id: str, user_id: str) -> bool:
        """Let a login method be used in a tenant."""
        return await self.database.transaction(lambda tx: rules.add_to_tenant(tx, APP, tenant_id, user_id))

    async def remove_from_tenant(self, tenant_id: str, user_id: str) -> bool:
        """End the use of a login method in a tenant."""
        return await self.database.transaction(
            lambda tx: rules.remove_from_tenant(tx, RECIPES, APP, tenant_id, user_id)
        )

    async def change(self, user_id: str, recipe_id: str = "emailpassword", **contact: str | None) -> None:
        """Change e-mail or phone number of a login method."""

        async def body(tx: Connection) -> None:
            await rules.update_contact(tx, APP, recipe_id, user_id, **contact)

        await self.database.transaction(body)

    async def delete(self, user_id: str, *, everything: bool = True) -> None:
        """Delete a person or a login method."""
        await self.database.transaction(
            lambda tx: deletion.delete_user(tx, RECIPES, APP, user_id, NOW_MS, remove_all_linked_accounts=everything)
        )

    async def map(self, user_id: str, external_id: str) -> None:
        """Give a person an external id."""
        assert await mapping_store.create(self.database, APP, Mapping(user_id, external_id, None))

    async def claims(self) -> set[tuple[str, str, str]]:
        """Everything claimed: tenant, account info, primary user."""
        rows = await self.database.fetch_all(CLAIMS, app_id=APP)
        return {(row["tenant_id"], row["account_info"], row["primary_user_id"]) for row in rows}

    async def require_consistent(self) -> None:
        """Everybody's rows agree with each other, and primary users claim exactly their tenants times infos."""
        rows = await self.database.fetch_all(USERS, app_id=APP)
        people = await store.list_users(self.database, APP, [row["user_id"] for row in rows])
        assert set(people) == {row["user_id"] for row in rows}, "somebody has no login method"
        for user in people.values():
            assert user.time_joined == min(item.time_joined for item in user.login_methods)
            assert user.is_primary or [item.internal_id for item in user.login_methods] == [user.internal_id]
        await self._require_consistent_tenants(people)
        assert await self.claims() == {
            (tenant_id, info, user.internal_id)
            for user in people.values()
            if user.is_primary
            for tenant_id in user.tenant_ids
            for info in claims.account_infos(user.login_methods)
        }

    async def _require_consistent_tenants(self, people: dict[str, User]) -> None:
        for row in await self.database.fetch_all(TENANT_ROWS, app_id=APP):
            user = people[row["user_id"]]
            method = user.method(row["recipe_user_id"])
            assert method is not None
            assert row["user_time_joined"] == user.time_joined
            assert (row["email"], row["phone_number"]) == (method.email, method.phone_number)
