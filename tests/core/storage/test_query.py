# SPDX-License-Identifier: Apache-2.0
"""One text becomes the right statement of each database."""

import pytest

from twofold.core.storage import Query


def test_names_become_numbers() -> None:
    """A parameter is numbered by its first use, and is one parameter however often it is used."""
    query = Query("SELECT 1 FROM t WHERE b = :b AND a = :a AND c > :b")

    assert query.names == ("b", "a")
    assert query.postgres_text == "SELECT 1 FROM t WHERE b = $1 AND a = $2 AND c > $1"
    assert query.sqlite_text == "SELECT 1 FROM t WHERE b = ?1 AND a = ?2 AND c > ?1"


def test_lists() -> None:
    """IN and NOT IN with a list parameter are said as each database understands them, numbers in order."""
    query = Query("SELECT 1 FROM t WHERE app_id = :app_id AND id IN (:ids*) AND x not in ( :others* )")

    assert query.list_names == {"ids", "others"}
    assert query.postgres_text == "SELECT 1 FROM t WHERE app_id = $1 AND id = ANY($2) AND x <> ALL($3)"
    assert query.sqlite_text == (
        "SELECT 1 FROM t WHERE app_id = ?1 AND id IN (SELECT value FROM json_each(?2))"
        " AND x NOT IN (SELECT value FROM json_each(?3))"
    )


def test_literals_names_and_comments_are_left_alone() -> None:
    """Nothing inside quotes or comments is a parameter or a keyword."""
    text = """SELECT ':no', 'it''s :no', ":no" /* :no DELETE */ FROM t -- :no FOR UPDATE"""

    query = Query(text)

    assert query.names == ()
    assert not query.writes
    assert query.postgres_text == query.sqlite_text == text


@pytest.mark.parametrize(
    "lock", ["FOR UPDATE", "for share", "FOR KEY SHARE", "FOR UPDATE SKIP LOCKED", "FOR UPDATE OF t NOWAIT"]
)
def test_row_locks_are_for_postgres(lock: str) -> None:
    """SQLite has one writer and no word for row locks; and a lock does not make a statement a write."""
    query = Query(f"SELECT 1 FROM t {lock}")

    assert query.postgres_text.endswith(lock)
    assert query.sqlite_text == "SELECT 1 FROM t"
    assert not query.writes


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t VALUES (1) RETURNING a",
        "update t set a = 1",
        "DELETE FROM t RETURNING a",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
        "CREATE TABLE t (a TEXT)",
    ],
)
def test_writes_are_known(text: str) -> None:
    """Whatever changes something is known as a write, also behind a WITH."""
    assert Query(text).writes


@pytest.mark.parametrize("text", ["SELECT :a::text", "SELECT 1 FROM t WHERE a = :ids*"])
def test_what_only_one_database_understands_is_refused(text: str) -> None:
    """A cast or a list outside of IN fails when the module is imported, not when a user comes."""
    with pytest.raises(ValueError, match="both databases"):
        Query(text)


@pytest.mark.parametrize("values", [{}, {"a": 1}, {"a": 1, "c": 2}, {"a": 1, "b": 2, "c": 3}])
def test_values_must_fit(values: dict[str, int]) -> None:
    """A missing or an unknown value is an error that names it and never shows a value."""
    query = Query("SELECT :a, :b")

    with pytest.raises(TypeError, match=r"missing values \[.*\] and unknown values \[.*\]"):
        query.bind(values)


def test_values_come_in_order() -> None:
    """Values are put in the order of the parameters, for no, one and several parameters."""
    assert Query("SELECT 1").bind({}) == ()
    assert Query("SELECT :a").bind({"a": 1}) == (1,)
    assert Query("SELECT :b, :a").bind({"a": 1, "b": 2}) == (2, 1)
