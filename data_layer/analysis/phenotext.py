"""Clinical text to phenotype terms: which words name a term, and of whom it is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from data_layer.analysis.phenocues import Span, Status, judge
from data_layer.analysis.words import (
    CLASHES,
    Token,
    english_stem,
    is_english,
    is_swedish,
    swedish_stem,
    tokens,
)

#: How close a name stands to its term; the closer one wins where several terms share a name.
SCOPES = ("name", "exact", "own", "narrow", "broad", "related")
#: Words that a phrase may have or lack.
_LITTLE = frozenset({"of", "the", "a", "an"})
_STEMS: dict[str, Callable[[str], str]] = {"en": english_stem, "sv": swedish_stem}
_AND = frozenset({"and", "or", "och", "eller"})
_ABBREVIATION = re.compile(r"^[A-Z][A-Za-z0-9]{0,3}[A-Z]s?$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name of a term: ``language`` is en or sv, ``scope`` one of ``SCOPES``."""

    id: str
    text: str
    language: str
    scope: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term that a text names, with the words it stands on.

    Attributes:
        start: first letter of the words in the text; ``end`` is behind the last.
        words: the words as the text has them.
        synonym: the name that they matched.
        scope: how close that name stands to the term, one of ``SCOPES``.
        cue: the words that made it excluded, the family's or not certain; else empty.
        certain: False where the text asks, suspects or cannot exclude.
        among: how many terms share these words; above 1, a person must choose.
    """

    id: str
    start: int
    end: int
    words: str
    synonym: str
    language: str
    scope: str
    status: Status
    cue: str
    certain: bool
    among: int


class Lexicon:
    """Names of terms, looked up by their words without inflection."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Index every name; names of other languages than en and sv are refused (KeyError)."""
        self._found: dict[str, dict[tuple[str, ...], list[Phrase]]] = {"en": {}, "sv": {}}
        self._longest: dict[str, dict[str, int]] = {"en": {}, "sv": {}}
        for phrase in phrases:
            key = _key(tokens(phrase.text), phrase.language)
            if not key:
                continue
            self._found[phrase.language].setdefault(key, []).append(phrase)
            longest = self._longest[phrase.language]
            longest[key[0]] = max(longest.get(key[0], 0), len(key))

    def longest(
        self, text: list[Token], at: int, *, swedish: bool = True
    ) -> tuple[int, list[Phrase]]:
        """Return the longest name that begins at a token: the token behind it, and its phrases."""
        best: tuple[int, list[Phrase]] = (at, [])
        for language, stem in _STEMS.items() if swedish else [("en", english_stem)]:
            places, key = _run(text, at, stem)
            top = self._longest[language].get(key[0], 0) if key else 0
            for n in range(min(top, len(key)), 0, -1):
                phrases = self._found[language].get(tuple(key[:n]), [])
                phrases = [p for p in phrases if _case_fits(p, text[at : places[n - 1] + 1])]
                if phrases and places[n - 1] + 1 >= best[0]:
                    same = best[1] if places[n - 1] + 1 == best[0] else []
                    best = (places[n - 1] + 1, same + phrases)
                    break
        return best


@dataclass(frozen=True, slots=True)
class _Mention:
    """Tokens from ``first`` to before ``past``; ``own`` are those of this mention alone."""

    first: int
    past: int
    own: Span
    phrases: list[Phrase]


def suggest(text: str, lexicon: Lexicon) -> tuple[Suggestion, ...]:
    """Return the terms that a text names, by place: the longest name wins.

    Names overlap only where they share words: "palmar and plantar pits" names two terms.
    """
    words = tokens(text)
    plain = _plain(words, lexicon)
    found = sorted((*plain, *_sharing(words, plain, lexicon)), key=lambda m: (m.own, m.first))
    verdicts = judge(words, [m.own for m in found])
    return tuple(
        Suggestion(
            phrase.id, words[m.first].start, words[m.past - 1].end,
            text[words[m.first].start : words[m.past - 1].end],
            phrase.text, phrase.language, phrase.scope, verdict.status, verdict.cue,
            verdict.certain, len(m.phrases),
        )
        for m, verdict in zip(found, verdicts, strict=True)
        for phrase in m.phrases
    )  # fmt: skip


def _plain(words: list[Token], lexicon: Lexicon) -> list[_Mention]:
    swedish, english = is_swedish(words), is_english(words)
    found: list[_Mention] = []
    at = 0
    while at < len(words):
        past, phrases = lexicon.longest(words, at, swedish=not english)
        if phrases and not _clashes(words[at:past], swedish):
            found.append(_Mention(at, past, (at, past), _closest(phrases)))
            at = past
        else:
            at += 1
    return found


def _sharing(words: list[Token], plain: list[_Mention], lexicon: Lexicon) -> Iterator[_Mention]:
    """Give mentions that share words: "palmar and plantar pits", "renal cyst or agenesis"."""
    taken = {i for m in plain for i in range(m.first, m.past)}
    for i in range(len(words) - 3):
        if i not in taken and words[i].is_word and words[i + 1].low in _AND:
            past, phrases = lexicon.longest([words[i], *words[i + 3 : i + 9]], 0)
            if past > 1:
                yield _Mention(i, i + 2 + past, (i, i + 1), _closest(phrases))
    for m in plain:
        i = m.past + 1
        if m.past - m.first > 1 and i < len(words) and i not in taken and words[m.past].low in _AND:
            kept = words[m.first : m.past - 1]
            past, phrases = lexicon.longest([*kept, *words[i : i + 4]], 0)
            if past > len(kept):
                yield _Mention(m.first, i + past - len(kept), (i, i + past - len(kept)), _closest(phrases))  # fmt: skip # noqa: E501


def _key(words: list[Token], language: str) -> tuple[str, ...]:
    """Return a name's stems; its marks fall away, but a comma stays a word of its own."""
    kept = [w for w in words if w.low not in _LITTLE and (w.is_word or w.text == ",")]
    return tuple(_STEMS[language](w.low) for w in kept)


def _run(words: list[Token], at: int, stem: Callable[[str], str]) -> tuple[list[int], list[str]]:
    """Return the places and stems from a token on, up to the end of its sentence."""
    places: list[int] = []
    key: list[str] = []
    if words[at : at + 1] and (words[at].low in _LITTLE or not words[at].is_word):
        return places, key
    for i in range(at, min(len(words), at + 24)):
        if words[i].ends_sentence and words[i].text != ":":
            break
        if words[i].low not in _LITTLE and words[i].text != ":":
            places.append(i)
            key.append(stem(words[i].low))
    return places, key


def _case_fits(phrase: Phrase, words: list[Token]) -> bool:
    """A lone abbreviation is matched only as it is written: ``ASD``, never ``asd``."""
    if not _ABBREVIATION.match(phrase.text):
        return True
    return len(words) == 1 and words[0].text.removesuffix("s") == phrase.text.removesuffix("s")


def _clashes(words: list[Token], swedish: bool) -> bool:
    return swedish and len(words) == 1 and words[0].low in CLASHES


def _closest(phrases: list[Phrase]) -> list[Phrase]:
    """Keep each term once, and only the terms whose name stands closest."""
    best = min(SCOPES.index(p.scope) for p in phrases)
    kept: dict[str, Phrase] = {}
    for phrase in phrases:
        if SCOPES.index(phrase.scope) == best or phrase.scope == "own":
            kept.setdefault(phrase.id, phrase)
    return list(kept.values())
