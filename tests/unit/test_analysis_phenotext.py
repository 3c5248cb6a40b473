"""Who has what by a clinical text: names, inflection, negation, family, doubt, abbreviations."""

from __future__ import annotations

import time

import pytest

from data_layer.analysis.phenotext import Lexicon, Phrase, Suggestion, suggest
from data_layer.analysis.words import english_stem, swedish_stem

LEXICON = Lexicon(
    Phrase(one, text, language, scope)
    for one, text, language, scope in (
        ("S", "Seizure", "en", "name"), ("S", "kramp", "sv", "own"), ("S", "epilepsi", "sv", "own"),
        ("F", "Focal-onset seizure", "en", "name"), ("A", "Ataxia", "en", "name"),
        ("A", "ataxi", "sv", "own"), ("E", "Edema", "en", "name"), ("D", "ASD", "en", "exact"),
        ("H", "ASD", "en", "exact"), ("C", "Agenesis of corpus callosum", "en", "name"),
        ("M", "Intellectual disability, mild", "en", "exact"), ("L", "Falls", "en", "name"),
        ("R", "Absent reflex", "en", "exact"), ("T", "Tremor", "en", "name"),
        ("T", "tremor", "sv", "own"), ("X", "Fit", "en", "related"), ("Y", "Fit", "en", "exact"),
        ("P", "Palmar pits", "en", "name"), ("Q", "Plantar pits", "en", "name"),
        ("K", "Renal cyst", "en", "name"), ("G", "Renal agenesis", "en", "name"),
        ("B", "prematur", "sv", "own"),
    )
)  # fmt: skip


def said(text: str) -> list[str]:
    marks = {"present": "", "excluded": "-", "family": "f", "not in family": "n"}
    return [f"{marks[s.status]}{s.id}{'' if s.certain else '?'}" for s in suggest(text, LEXICON)]


def one(text: str) -> Suggestion:
    (found,) = suggest(text, LEXICON)
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Seizures", ["S"]),
        ("focal onset seizures", ["F"]),
        ("agenesis of the corpus callosum", ["C"]),
        ("oedema", ["E"]),
        ("intellectual disability, mild", ["M"]),
        ("intellectual disability. Mild", []),
        ("kramperna", ["S"]),
        ("ASD", ["D", "H"]),
        ("asd", []),
        ("fits", ["Y"]),
        ("He falls often.", ["L"]),
        ("I de fall som har epilepsi", ["S"]),
        ("", []),
        ("seizureless", []),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("palmar and plantar pits", ["P", "Q"]),
        ("no palmar or plantar pits", ["-P", "-Q"]),
        ("palmar, and plantar pits", ["Q"]),
        ("renal cysts and agenesis", ["K", "G"]),
        ("renal cyst. And agenesis", ["K"]),
        ("renal cyst and seizures", ["K", "S"]),
        ("tremor and agenesis", ["T"]),
    ],
)
def test_names_that_share_words(text: str, found: list[str]) -> None:
    assert said(text) == found


def test_words_of_shared_names_are_the_whole_stretch() -> None:
    first, second = suggest("palmar and plantar pits", LEXICON)
    assert (first.words, second.words) == ("palmar and plantar pits", "plantar pits")


def test_an_english_text_is_not_read_as_swedish() -> None:
    assert said("prematur") == said("Hon är prematur") == ["B"]
    assert said("This is premature and the end of it") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("No seizures.", ["-S"]),
        ("no seizures or ataxia", ["-S", "-A"]),
        ("no seizures, tremor or ataxia", ["-S", "-T", "-A"]),
        ("no seizures, ataxia present", ["-S", "A"]),
        ("no seizures but ataxia", ["-S", "A"]),
        ("She doesn't have seizures", ["-S"]),
        ("She doesn’t have seizures", ["-S"]),
        ("denies seizures, tremor and ataxia", ["-S", "-T", "-A"]),
        ("without seizures. Ataxia", ["-S", "A"]),
        ("neither seizures nor ataxia", ["-S", "-A"]),
        ("seizures were never seen; ataxia was ruled out", ["S", "-A"]),
        ("seizures have not occurred", ["-S"]),
        ("tremor and ataxia were absent", ["-T", "-A"]),
        ("ataxia and absent reflexes", ["A", "R"]),
        ("not only seizures", ["S"]),
        ("inga kramper eller ataxi", ["-S", "-A"]),
        ("Förnekar kramper, har tremor", ["-S", "T"]),
        ("varken tremor eller ataxi men epilepsi", ["-T", "-A", "S"]),
        ("epilepsi saknas", ["-S"]),
        ("tremor uteslöts", ["-T"]),
        ("inte epilepsi utan ataxi", ["-S", "A"]),
        ("utan anmärkning, dock tremor", ["T"]),
    ],
)
def test_denied(text: str, found: list[str]) -> None:
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("His mother has seizures.", ["fS"]),
        ("mother has seizures and his father has ataxia", ["fS", "fA"]),
        ("Mother has seizures, he has ataxia", ["fS", "A"]),
        ("Family history: seizures, ataxia. Tremor.", ["fS", "fA", "T"]),
        ("no family history of seizures", ["nS"]),
        ("seizures in a sister; ataxia", ["fS", "A"]),
        ("mother reports that he has seizures", ["S"]),
        ("the parents deny seizures", ["-S"]),
        ("ataxia like her mother", ["A"]),
        ("no tremor so far, ataxia", ["-T", "A"]),
        ("born to consanguineous parents with ataxia", ["A"]),
        ("mamma har tremor", ["fT"]),
        ("lillasyster har epilepsi", ["fS"]),
        ("epilepsi hos mormor", ["fS"]),
        ("mamma berättar att han har kramper", ["S"]),
        ("hereditet för ataxi", ["fA"]),
        ("ingen hereditet för ataxi", ["nA"]),
        ("far har ataxi", ["fA"]),
    ],
)
def test_of_the_family(text: str, found: list[str]) -> None:
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("suspected ataxia", ["A?"]),
        ("ataxia?", ["A?"]),
        ("seizures cannot be excluded", ["S?"]),
        ("seizures could not be ruled out", ["S?"]),
        ("epilepsi kan inte uteslutas", ["S?"]),
        ("misstänkt epilepsi, ataxi", ["S?", "A"]),
        ("rule out ataxia", ["A?"]),
    ],
)
def test_not_certain(text: str, found: list[str]) -> None:
    assert said(text) == found


def test_a_suggestion_says_what_it_stands_on() -> None:
    text = "Flickan: no Seizures at all"
    found = one(text)
    assert text[found.start : found.end] == found.words == "Seizures"
    assert (found.synonym, found.scope, found.cue, found.among) == ("Seizure", "name", "no", 1)
    assert [s.among for s in suggest("ASD", LEXICON)] == [2, 2]


@pytest.mark.parametrize(
    ("many", "few"),
    [("biopsies", "biopsy"), ("anaemia", "anemia"), ("toes", "toe"), ("pes", "pes")],
)
def test_english_stems(many: str, few: str) -> None:
    assert english_stem(many) == english_stem(few)


@pytest.mark.parametrize(
    ("many", "few"),
    [("svårigheterna", "svårighet"), ("krampernas", "kramp"), ("lederna", "leder")],
)
def test_swedish_stems(many: str, few: str) -> None:
    assert swedish_stem(many) == swedish_stem(few)


@pytest.mark.parametrize("bad", ["no ", "mother ", "seizures and ", "no, ", "utan ", "((", "a "])
def test_no_text_takes_long(bad: str) -> None:
    began = time.perf_counter()
    suggest((bad * 20_000)[:20_000], LEXICON)
    assert time.perf_counter() - began < 5
