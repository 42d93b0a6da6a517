# SPDX-License-Identifier: Apache-2.0
"""JSON Web Tokens: how they are written, and which texts are none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.core.jwt import MalformedToken, decode_base64url, encode_base64url, take_apart, write

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def sign(data: bytes) -> bytes:
    """A signature that is none."""
    return b"signature of " + data[:4]


def test_write_is_compact_and_keeps_nulls_and_order() -> None:
    """The JSON in a token has no white space, keeps null values, and keeps the order of members."""
    token = write({"alg": "RS256"}, {"z": None, "a": [1, "é"]}, sign)

    head, body, _ = token.split(".")
    assert decode_base64url(head) == b'{"alg":"RS256"}'
    assert decode_base64url(body) == '{"z":null,"a":[1,"é"]}'.encode()


def test_what_was_written_is_taken_apart() -> None:
    """Taking a token apart gives its header, its claims, the bytes that were signed and the signature."""
    token = write({"alg": "RS256"}, {"a": 1}, sign)

    parts = take_apart(token)
    assert (parts.header, parts.claims) == ({"alg": "RS256"}, {"a": 1})
    assert parts.signed.decode() == token.rpartition(".")[0]
    assert parts.signature() == sign(parts.signed)


def test_claims_that_are_no_unicode_are_refused() -> None:
    """Half a surrogate pair cannot be signed, and is not a crash."""
    with pytest.raises(MalformedToken):
        write({}, {"name": "\ud800"}, sign)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "!!.e30.AA",
        "e30.W10.AA",  # an array
        "e30.e30x.AA",
        f"e30.{encode_base64url(b'{' + b'[' * 50_000)}.AA",
        f"e30.{encode_base64url(json.dumps('text').encode())}.AA",
        "e30." + "A" * 70_000 + ".AA",
        "é.e30.AA",
    ],
)
def test_other_texts_are_no_tokens(text: str) -> None:
    """What is not two JSON objects and a signature in base64url is refused, however deep or long."""
    with pytest.raises(MalformedToken):
        take_apart(text)


@pytest.mark.parametrize("text", ["AA==", "A", "A A", "AA\n", "AB", "+/+/", "AAA=", "AAAA!"])
def test_base64url_is_strict(text: str) -> None:
    """Padding, white space, stray bits and the other alphabet are refused: one text per value."""
    with pytest.raises(MalformedToken):
        decode_base64url(text)


@given(st.binary(max_size=100))
def test_base64url_round_trip(data: bytes) -> None:
    """Every byte string comes back."""
    assert decode_base64url(encode_base64url(data)) == data


@given(st.binary(min_size=1, max_size=40), st.data())
def test_two_texts_never_mean_the_same_bytes(data: bytes, draw: st.DataObject) -> None:
    """Attack 50: another character at any place is another value, or refused."""
    text = encode_base64url(data)
    place = draw.draw(st.integers(0, len(text) - 1))
    altered = text[:place] + draw.draw(st.sampled_from(ALPHABET.replace(text[place], ""))) + text[place + 1 :]

    try:
        found = decode_base64url(altered)
    except MalformedToken:
        return
    assert found != data
