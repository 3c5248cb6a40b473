"""One text for one value, and the digests over it.

Hashes are taken over the text as it is stored, never over a value written out again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping

from data_layer.errors import UsageError


def canonical(value: object, where: str) -> str:
    """Return ``value`` as JSON in ASCII with sorted keys and no spaces.

    Raises:
        UsageError: the value is not plain JSON (a date, a set, NaN).
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(
            "JOURNAL-BODY",
            where,
            f"this cannot be written as JSON ({error})",
            "Use text, whole numbers, finite fractions, true, false, null, lists and objects.",
        ) from error


def row_hash(key: bytes, prev: str, text: str) -> str:
    """HMAC-SHA256 of a row's stored text and the hash of the row before it, in hex."""
    return _mac(key, "row", prev, text)


def head_mac(key: bytes, chain: str, position: int, hash_: str) -> str:
    """HMAC-SHA256 that seals a head, in hex."""
    return _mac(key, "head", chain, str(position), hash_)


def _mac(key: bytes, *parts: str) -> str:
    message = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def salted(text: str, salt: str) -> str:
    """HMAC-SHA256 of an erasable value under its own salt, in hex."""
    return _mac(salt.encode("utf-8", "surrogatepass"), "value", text)


def seal_values(values: Mapping[str, object], where: str) -> dict[str, tuple[str, str, str]]:
    """For each name its (salt, text, digest); a salt is 256 random bits."""
    sealed: dict[str, tuple[str, str, str]] = {}
    for name, value in values.items():
        text, salt = canonical(value, f"{where} {name}"), secrets.token_hex(32)
        sealed[name] = (salt, text, salted(text, salt))
    return sealed


def same(a: object, b: object) -> bool:
    """Compare two digests in constant time; anything but text is different."""
    if not (isinstance(a, str) and isinstance(b, str)):
        return False
    return hmac.compare_digest(
        a.encode("utf-8", "surrogatepass"), b.encode("utf-8", "surrogatepass")
    )
