"""How well clinical sentences are read: precision and recall, on the half used and the half kept.

The sentences are our own. Half of them (``tuned``) were looked at while the rules were made; the
other half (``kept``) only measures. Failures are printed, so that they can be listed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_layer.query.phenotype import read_text
from data_layer.reference import hpo

FILE = Path(__file__).with_name("phenotype_sentences.tsv")
Said = set[tuple[str, str]]
STATUSES = {"not in family ": "not in family", "family ": "family", "no ": "excluded"}


def sentences(half: str = "") -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8") as lines:
        return [r for r in csv.DictReader(lines, delimiter="\t") if half in ("", r["half"])]


def expected(row: dict[str, str]) -> Said:
    ids = {t.name: t.id for t in hpo.ontology().terms.values() if not t.obsolete}
    out = set()
    for text in row["expected"].split("; "):
        start = next((s for s in STATUSES if text.startswith(s)), "")
        out.add((ids[text.removeprefix(start)], STATUSES.get(start, "present")))
    return out


def found(text: str) -> Said:
    return {(s["id"], s["status"]) for s in read_text(text)}


def failures(rows: list[dict[str, str]]) -> Iterator[str]:
    for row in rows:
        want, got = expected(row), found(row["text"])
        for sign, pairs in (("+", got - want), ("-", want - got)):
            for one, status in sorted(pairs):
                yield f"  {sign} {status} {hpo.name_of(one)}: {row['text']}"


def measured(rows: list[dict[str, str]]) -> tuple[float, float]:
    pairs = [(expected(r), found(r["text"])) for r in rows]
    right = sum(len(want & got) for want, got in pairs)
    return right / sum(len(g) for _, g in pairs), right / sum(len(w) for w, _ in pairs)


def test_there_are_sixty_half_of_them_swedish() -> None:
    rows = sentences()
    assert len(rows) == len({r["text"] for r in rows}) == 60
    for half in ("tuned", "kept"):
        assert sum(r["half"] == half for r in rows) == 30
        assert sum(r["half"] == half and r["language"] == "sv" for r in rows) == 15


@pytest.mark.parametrize("half", ["tuned", "kept"])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_precision_and_recall(half: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [r for r in sentences(half) if r["language"] == language]
    precision, recall = measured(rows)
    with capsys.disabled():
        print(f"\n{half} {language}: precision {precision:.3f}, recall {recall:.3f}")  # noqa: T201
        print("\n".join(failures(rows)))  # noqa: T201
    assert precision > 0.9
    assert recall > 0.8
