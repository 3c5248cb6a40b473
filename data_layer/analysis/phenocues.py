"""Of whom a clinical text says something, and whether it says yes: negation, family, doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from data_layer.analysis.words import Token, is_swedish, word_set

Status = Literal["present", "excluded", "family", "not in family"]
Span = tuple[int, int]


#: Most words between a cue and what it is about.
REACH = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a text says of a mention; ``cue`` is the words that made it so."""

    status: Status
    cue: str
    certain: bool


Phrases = dict[str, list[list[str]]]


def _phrases(text: str) -> Phrases:
    """Return the phrases of a list by their first word, the longest first."""
    found: Phrases = {}
    for words in sorted((p.split() for p in text.split(", ")), key=len, reverse=True):
        found.setdefault(words[0], []).append(words)
    return found


#: Words that deny what follows: a comma ends their reach unless "or" closes the list.
_NO = _phrases(
    "no, not, without, never, neither, nor, no evidence of, no sign of, no signs of, lack of, "
    "absence of, doesn't, don't, didn't, hasn't, haven't, hadn't, isn't, wasn't, aren't, "
    "weren't, ingen, inga, inget, ej, inte, icke, utan, varken, aldrig, vare sig, "
    "inga tecken till, inga tecken på, inget tecken till, inga hållpunkter för, saknar, "
    "frånvaro av"
)
#: Words that deny a whole list.
_NO_LIST = _phrases(
    "deny, denies, denied, denying, negative for, neg for, free of, free from, förnekar, nekar, "
    "negativ för, fri från, inga besvär av"
)
#: Words that look like a denial and are none.
_NOT_NO = _phrases(
    "not only, no doubt, no change, no increase, not certain, not ruled out, not excluded, "
    "not be excluded, not be ruled out, not exclude, not rule out, inte bara, inte endast, "
    "utan tvekan, utan anmärkning, inte uteslutas, ej uteslutas, inte utesluta, ej utesluta, "
    "inte uteslutet, ej uteslutet"
)
#: Words that deny what they follow, after a form of "be" or "have".
_WAS_NO = _phrases(
    "absent, excluded, ruled out, not present, not seen, not found, not observed, not noted, "
    "not detected, not confirmed, not occurred, never occurred, not been seen, not been noted, "
    "not been observed, negative, uteslutits, uteslutet, uteslutna, utesluten, "
    "inte förekommit, ej förekommit, ej konstaterats"
)
#: Words that deny what they follow at once.
_THEN_NO = _phrases(
    "free, uteslöts, uteslutes, saknas, saknades, föreligger ej, föreligger inte, förekommer ej, "
    "förekommer inte, sågs ej, sågs inte, ses ej, ses inte, did not occur, do not occur, "
    "does not occur"
)
_BE = word_set("is are was were be been has have had also currently är var har hade blev kan kunde")
_MANY = frozenset({"are", "were", "have", "had", "är", "var", "har", "hade"})
#: Words behind which a denial, a doubt or the family's part is over.
_TURN = word_set(
    "but however although though except yet whereas while then otherwise besides despite "
    "men dock däremot fast förutom medan annars sedan därefter trots"
)
_VERBS = word_set("has had have shows showed developed har hade fick visar visade")
_OR = frozenset({"or", "nor", "eller"})
_MAYBE = _phrases(
    "rule out, possible, possibly, probable, probably, suspected, suspicion of, query, "
    "questionable, "
    "not certain, not ruled out, not excluded, not be excluded, not be ruled out, not exclude, "
    "not rule out, could be, may have, might have, misstänkt, misstänkta, misstanke om, möjlig, "
    "möjligen, eventuell, eventuellt, trolig, troligen, frågeställning, inte uteslutas, "
    "ej uteslutas, inte utesluta, ej utesluta"
)
_THEN_MAYBE = _phrases(
    "not be excluded, not be ruled out, not been excluded, not excluded, not ruled out, suspected, "
    "possible, inte uteslutas, ej uteslutas, misstänks, misstänkt"
)
_BE_OUT = _phrases("be excluded, be ruled out")

_KIN = re.compile(
    r"^(?:(?:grand|step|half)?(?:mother|father|parent|sister|brother|aunt|uncle|cousin)s?"
    r"|mum|mom|dad|siblings?|nephews?|nieces?|relatives?"
    r"|(?:stor[ae]?|lill[ae]?|halv|tvilling|små|mor|far)?(?:bror|broder|brodern|bröder|syster|systern|systrar)s?"
    r"|(?:mamma|pappa|moder|fader|moster|faster|mormor|morfar|farmor|farfar|kusin)[ns]?"
    r"|mor|far|modern|fadern|morbrodern|farbrodern|föräldrar(?:na)?|syskon(?:en|et)?|släkting(?:ar)?"
    r"|släkten|släkt|hereditet|ärftlighet|heredity|kusiner)$"
)
_KIN_PHRASES = _phrases("family history, fh, familjehistoria, familjeanamnes, runs in the family")
_SELF = word_set(
    "he she himself herself patient proband boy girl child infant patienten probanden pojken "
    "flickan barnet han hon själv index"
)
_TELLS = word_set(
    "report reports reported notice noticed notices describe describes described say says said "
    "state states stated tell tells told note notes noted think thinks worried berättar "
    "berättade uppger uppgav beskriver beskrev säger märkte märkt noterat noterade tycker "
    "orolig oroliga deny denies denied förnekar nekar"
)
#: Words that make a relative the one who is compared or acted with, not the one described.
_BESIDE = word_set("like unlike as than by som än av with from från till to for och and")
_IN = frozenset({"in", "hos", "på", "among"})
_SMALL = word_set(
    "the a an his her their our one two both maternal paternal older younger sin sina hennes "
    "hans en ett två båda äldre yngre consanguineous healthy unrelated friska släkt"
)


def judge(words: list[Token], mentions: list[Span]) -> list[Verdict]:
    """Return what the text says of each mention, given as spans of tokens in order."""
    inside = {i for a, b in mentions for i in range(a, b)}
    denied, doubted = _reach(words, inside, deny=True), _reach(words, inside, deny=False)
    kin = _kin(words, inside, swedish=is_swedish(words))
    ends = dict(mentions)
    out = []
    for a, b in mentions:
        no = denied.get(a) or _behind(words, b, ends, deny=True)
        maybe = doubted.get(a) or _behind(words, b, ends, deny=False)
        if maybe and not denied.get(a):
            no = ""
        whose = kin.get(a) or _kin_behind(words, b, ends)
        status: Status = "present"
        if whose:
            status = "not in family" if no else "family"
        elif no:
            status = "excluded"
        cues = dict.fromkeys(c for c in (no, maybe, whose) if c)
        out.append(Verdict(status, ", ".join(cues), not maybe))
    return out


def _at(words: list[Token], i: int, phrases: Phrases) -> int:
    """Return how many tokens of the longest phrase stand at a place, or 0."""
    for phrase in phrases.get(words[i].low, ()) if i < len(words) else ():
        if [w.low for w in words[i : i + len(phrase)]] == phrase:
            return len(phrase)
    return 0


def _said(words: list[Token], a: int, b: int) -> str:
    return " ".join(w.text for w in words[a:b])


def _reach(words: list[Token], inside: set[int], *, deny: bool) -> dict[int, str]:
    """Return the tokens that a denial or a doubt before them reaches, with its words."""
    found: dict[int, str] = {}
    i = 0
    while i < len(words):
        n, whole = _cue(words, i, deny=deny) if i not in inside else (0, False)
        if n:
            for k in _forward(words, i + n, whole=whole):
                found.setdefault(k, _said(words, i, i + n))
        i += n or 1
    return found


def _cue(words: list[Token], i: int, *, deny: bool) -> tuple[int, bool]:
    if not deny:
        return _at(words, i, _MAYBE), False
    if _at(words, i, _NOT_NO):
        return 0, False
    if n := _at(words, i, _NO_LIST):
        return n, True
    if words[i].low == "utan" and _contrast(words, i):
        return 0, False
    return _at(words, i, _NO), words[i].low in {"neither", "varken"}


def _contrast(words: list[Token], i: int) -> bool:
    """Whether "utan" means "but": a denial stands before it in the clause."""
    for k in range(i - 1, max(-1, i - REACH), -1):
        if words[k].ends_sentence or words[k].text == ",":
            return False
        if words[k].low in {"inte", "ej", "icke", "ingen", "inget", "inga"}:
            return True
    return False


def _forward(words: list[Token], first: int, *, whole: bool) -> Iterator[int]:
    """Give the tokens that a cue reaches: to a turn of the sentence, or to a comma."""
    closed = whole or _or_closes(words, first)
    for k in range(first, min(len(words), first + REACH)):
        word = words[k]
        if word.ends_sentence or word.low in _TURN or (word.low == "utan" and k > first):
            return
        if word.text == "," and not closed:
            return
        if word.low in _VERBS and k > first + 1:
            return
        if k > first and _at(words, k, _NO) and word.low not in {"nor", "no"} and not whole:
            return
        yield k


def _or_closes(words: list[Token], first: int) -> bool:
    """Whether a list with commas ends in "or": then the cue holds for all of it."""
    seen = False
    for k in range(first, min(len(words), first + REACH)):
        if words[k].ends_sentence or words[k].low in _TURN:
            break
        if words[k].low in _OR:
            return seen
        seen = seen or words[k].text == ","
    return False


def _linked(words: list[Token], past: int, ends: dict[int, int]) -> int:
    """Return the place behind the last mention of a list without commas."""
    k, far = past, past + REACH
    while k < far and k + 1 in ends and words[k].low in {"and", "or", "och", "eller"}:
        k = ends[k + 1]
    return k


def _behind(words: list[Token], past: int, ends: dict[int, int], *, deny: bool) -> str:
    """Return the words after a mention, or after the list that it stands in, that deny it."""
    first = k = _linked(words, past, ends)
    if n := _at(words, k, _THEN_NO if deny else {}):
        return _said(words, k, k + n)
    while k < len(words) and words[k].low in _BE:
        k += 1
    many = first == past or (k > first and words[first].low in _MANY)
    if k > first and many:
        ahead = k
        while not deny and ahead < len(words) and words[ahead].low in {"could", "cannot", "can"}:
            ahead += 1
        if n := _at(words, ahead, _WAS_NO if deny else _THEN_MAYBE):
            return _said(words, first, ahead + n)
    if not deny:
        return _doubt_behind(words, past)
    return ""


def _doubt_behind(words: list[Token], past: int) -> str:
    if past < len(words) and words[past].text == "?":
        return "?"
    low = [w.low for w in words[past : past + 2]]
    if low and low[0] in {"cannot", "could", "can", "kan", "kunde"}:
        step = 1
        if n := _at(words, past + step, _THEN_MAYBE) or _at(words, past + step, _BE_OUT):
            return _said(words, past, past + step + n)
    return ""


def _kin(words: list[Token], inside: set[int], *, swedish: bool) -> dict[int, str]:
    """Return the tokens that are said of a relative, with the word that says so."""
    found: dict[int, str] = {}
    for i, word in enumerate(words):
        n = _at(words, i, _KIN_PHRASES) or int(bool(_KIN.match(word.low)))
        if word.low in {"far", "mor"} and not swedish:
            continue
        if not n or i in inside or _beside(words, i) or _tells(words, i + n):
            continue
        for k in range(i + n, min(len(words), i + n + REACH)):
            if words[k].ends_sentence and not (words[k].text == ":" and k == i + n):
                break
            if words[k].low in _TURN or words[k].low in _SELF:
                break
            found[k] = _said(words, i, i + n)
    return found


def _beside(words: list[Token], i: int) -> bool:
    """Whether a relative is only compared with, or is the place of what came before."""
    k = i - 1
    while k >= 0 and words[k].low in _SMALL:
        k -= 1
    if k < 0:
        return False
    if words[k].low in {"and", "och"}:
        return not any(w.is_word and w.low in _VERBS for w in words[i : i + 4])
    return words[k].low in _BESIDE or words[k].low in _IN


def _tells(words: list[Token], i: int) -> bool:
    ahead = [w.low for w in words[i : i + 3]]
    return any(w in _TELLS for w in ahead[:2]) or ahead[1:3] == ["tells", "that"]


def _kin_behind(words: list[Token], past: int, ends: dict[int, int]) -> str:
    """Return the relative in whom a mention is said to be: "epilepsy in a sister"."""
    k = _linked(words, past, ends)
    if n := _at(words, k, _KIN_PHRASES):
        return _said(words, k, k + n)
    if k >= len(words) or words[k].low not in _IN:
        return ""
    first = k
    k += 1
    while k < len(words) and words[k].low in _SMALL:
        k += 1
    if k < len(words) and _KIN.match(words[k].low):
        return _said(words, first, k + 1)
    return ""
