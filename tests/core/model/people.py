# SPDX-License-Identifier: Apache-2.0
"""The rules of people, ways to sign in, linking and tenants once more: plain dictionaries, no database, no races.

An oracle for the core: it says what an answer must be, and how everybody must look after it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

TENANTS = ("public", "t1", "t2")
KINDS = ("third party", "email", "phone number")  # when several are taken, the first is told
Info = tuple[str, str]


@dataclass
class Method:
    """A way to sign in, by its name in the test; `person` is the name of the user that it belongs to."""

    name: str
    recipe: str
    person: str
    email: str | None = None
    phone: str | None = None
    account: str | None = None
    tenants: set[str] = field(default_factory=set)

    @property
    def infos(self) -> set[Info]:
        """What identifies a person."""
        pairs = (("email", self.email), ("phone number", self.phone), ("third party", self.account))
        return {(kind, value) for kind, value in pairs if value is not None}

    @property
    def keys(self) -> set[Info]:
        """What no other way to sign in of the same recipe may have in the same tenant."""
        return {info for info in self.infos if self.recipe != "thirdparty" or info[0] == "third party"}


@dataclass
class People:
    """Everybody in one app."""

    methods: dict[str, Method] = field(default_factory=dict)
    primary: set[str] = field(default_factory=set)
    claims: dict[tuple[str, Info], str] = field(default_factory=dict)

    def members(self, person: str) -> list[Method]:
        """The ways to sign in of a user."""
        return [method for method in self.methods.values() if method.person == person]

    def resolve(self, name: str) -> str | None:
        """The user that an id belongs to; also that of a primary user whose own way to sign in is gone."""
        method = self.methods.get(name)
        if method is not None:
            return method.person
        return name if name in self.primary else None

    def holder(self, recipe: str, keys: set[Info], tenants: Iterable[str], besides: str | None = None) -> Method | None:
        """Who else has one of these keys in one of these tenants."""
        wanted = set(tenants)
        for method in self.methods.values():
            if method.name != besides and method.recipe == recipe and method.keys & keys and method.tenants & wanted:
                return method
        return None

    def conflicts(self, person: str, tenants: Iterable[str], infos: Iterable[Info]) -> tuple[str, set[str]] | None:
        """The kind of claim of other primary users that would be told, and who they are."""
        taken = [
            (info[0], self.claims[tenant, info])
            for tenant in set(tenants)
            for info in infos
            if self.claims.get((tenant, info), person) != person
        ]
        if not taken:
            return None
        kind = min((kind for kind, _ in taken), key=KINDS.index)
        return kind, {owner for found, owner in taken if found == kind}

    def add(self, method: Method, tenant: str) -> None:
        """Somebody signs up."""
        method.tenants.add(tenant)
        self.methods[method.name] = method

    def make_primary(self, name: str) -> None:
        """All that the user has is claimed."""
        self.primary.add(name)
        self._claim(name, self.methods[name].tenants, self.methods[name].infos)

    def link(self, name: str, person: str) -> None:
        """All tenants of both, times all that identifies both, is claimed."""
        self.methods[name].person = person
        members = self.members(person)
        tenants = set[str]().union(*(item.tenants for item in members))
        self._claim(person, tenants, set[Info]().union(*(item.infos for item in members)))

    def unlink(self, name: str) -> tuple[bool, bool]:
        """Whether the way to sign in was deleted, and whether it was linked."""
        method = self.methods[name]
        if method.person not in self.primary:
            return False, False
        person, is_own = method.person, method.person == name
        if is_own and len(self.members(person)) > 1:
            del self.methods[name]
        elif is_own:
            self.primary.discard(name)
        else:
            method.person = name
        if not self.members(person):
            self.primary.discard(person)
        self._keep_only(person)
        return is_own and name not in self.methods, True

    def delete(self, name: str, *, everything: bool) -> None:
        """Delete a user, or one way to sign in; who has none is gone."""
        person = self.resolve(name)
        if person is None:
            return
        gone = self.members(person) if everything else [item for item in (self.methods.get(name),) if item]
        for method in gone:
            del self.methods[method.name]
        if not self.members(person):
            self.primary.discard(person)
        self._keep_only(person)

    def join(self, name: str, tenant: str) -> None:
        """A way to sign in is used in one more tenant; a primary user claims all its infos there."""
        method = self.methods[name]
        method.tenants.add(tenant)
        if method.person in self.primary:
            infos = set[Info]().union(*(item.infos for item in self.members(method.person)))
            self._claim(method.person, {tenant}, infos)

    def leave(self, name: str, tenant: str) -> None:
        """And not any more."""
        self.methods[name].tenants.discard(tenant)
        self._keep_only(self.methods[name].person)

    def change_email(self, name: str, email: str) -> None:
        """The new address is claimed where the way to sign in is used."""
        method = self.methods[name]
        method.email = email
        if method.person in self.primary:
            self._claim(method.person, method.tenants, {("email", email)})
            self._keep_only(method.person)

    def _claim(self, person: str, tenants: Iterable[str], infos: Iterable[Info]) -> None:
        wanted = list(infos)
        self.claims.update({(tenant, info): person for tenant in tenants for info in wanted})

    def _keep_only(self, person: str) -> None:
        members = self.members(person) if person in self.primary else []
        tenants = set[str]().union(*(item.tenants for item in members))
        infos = set[Info]().union(*(item.infos for item in members))
        for tenant, info in [key for key, owner in self.claims.items() if owner == person]:
            if tenant not in tenants or info not in infos:
                del self.claims[tenant, info]
