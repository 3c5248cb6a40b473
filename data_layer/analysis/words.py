"""Words of a clinical text, and their stems in English and Swedish."""

from __future__ import annotations

import re
from dataclasses import dataclass


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list written with spaces."""
    return frozenset(text.split())


_TOKEN = re.compile(r"[^\W_]+(?:['’][st]\b)?|[^\w\s]|\n\s*\n")
_ENDS = frozenset(".;:!?()")
_PARTING = frozenset("-–/'’\"“”")
#: British spellings; not at the end of a word, where "toe" and "vertebrae" have them too.
_BRITISH = re.compile(r"[ao]e(?=[a-z])(?!s$)|our(?=[a-z]|$)|ll")
#: Endings of Swedish nouns and adjectives, longest first, with the letters that must stay.
_SWEDISH = (
    "arnas", "ernas", "ornas", "arna", "erna", "orna", "ens", "ets", "are",
    "ade", "at", "en", "et", "ar", "er", "or", "na", "an", "n", "t", "s", "a", "e",
)  # fmt: skip
#: Words of a Swedish text that an English name of a term is spelled like.
CLASHES = frozenset({"fall", "falls", "tics", "bra", "barn", "led", "hot", "rash", "full", "mild"})
_SWEDISH_WORDS = word_set(
    "och är har med utan inte ej ingen inga inget som av för på vid hos till från den det men "
    "samt eller han hon även sedan haft visar år"
)
_ENGLISH_WORDS = word_set("the and of with is has was no in he she")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of a text.

    Attributes:
        low: the word in small letters, without a possessive.
        start: first letter in the text; ``end`` is behind the last.
        is_word: whether it is a word or a number, not a mark.
        ends_sentence: whether what is said before it is not said behind it.
    """

    text: str
    low: str
    start: int
    end: int
    is_word: bool
    ends_sentence: bool


def tokens(text: str) -> list[Token]:
    """Cut a text into words and marks; hyphens, slashes and quotes only part words."""
    return [_token(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text) if m[0] not in _PARTING]


def _token(text: str, start: int, end: int) -> Token:
    low = text.casefold().replace("’", "'").removesuffix("'s")
    ends = text in _ENDS or "\n" in text
    return Token(text, low, start, end, text[0].isalnum(), ends)


def english_stem(word: str) -> str:
    """Return a word without its plural and with one spelling for British and American English."""
    word = _BRITISH.sub(lambda m: {"our": "or", "ll": "l"}.get(m[0], "e"), word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def swedish_stem(word: str) -> str:
    """Return a word without the endings of plural, definite form and genitive, two at most."""
    for _ in range(2):
        end = next((e for e in _SWEDISH if word.endswith(e) and len(word) - len(e) >= 4), "")
        word = word.removesuffix(end)
    return word


def is_swedish(words: list[Token]) -> bool:
    """Whether a text has more Swedish than English little words, or letters of Swedish."""
    swedish, english = _little(words)
    return swedish > english or any(set(t.low) & set("åäö") for t in words)


def is_english(words: list[Token]) -> bool:
    """Whether a text is English without doubt: then Swedish names are not looked for."""
    swedish, english = _little(words)
    return english > 1 and swedish == 0 and not is_swedish(words)


def _little(words: list[Token]) -> tuple[int, int]:
    return sum(t.low in _SWEDISH_WORDS for t in words), sum(t.low in _ENGLISH_WORDS for t in words)
