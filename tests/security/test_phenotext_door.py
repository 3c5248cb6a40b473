"""The addresses of phenotype terms: who may ask, and that a clinical text leaves no trace."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.linking.opening import open_desk
from app.linking.services import LoopbackSignIn, Services
from data_layer.settings import Settings
from tests.security.test_routes import NamedSignIn
from tests.served import Answer, Served, served

SECRET = "Zebrafisk Lindqvistdotter"
TEXT = f"{SECRET} has infantile spasms, no microcephaly; her mother has migraine."
JSON = {"Content-Type": "application/json"}
ANNA = {"X-Person": "anna"}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("phenotext")
    desk = open_desk(Settings(lake=str(folder / "lake")), create=True)
    yield Services(desk, desk.settings, NamedSignIn())
    desk.close()


@pytest.fixture(scope="module")
def house(services: Services) -> Iterator[Served]:
    with served(services) as server:
        yield server


def sent(house: Served, text: object = TEXT, **headers: str) -> Answer:
    body = json.dumps({"text": text}).encode()
    return house.post("/api/phenotext", body, **(JSON | ANNA | headers))


def test_the_text_is_read(house: Served) -> None:
    answer = sent(house)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    said = {(s["name"], s["status"]): s for s in answer.json["suggestions"]}
    assert set(said) == {
        ("Infantile spasms", "present"), ("Microcephaly", "excluded"), ("Migraine", "family"),
    }  # fmt: skip
    first = said["Infantile spasms", "present"]
    assert TEXT[first["start"] : first["end"]] == first["words"] == "infantile spasms"
    assert said["Microcephaly", "excluded"]["cue"] == "no"
    assert "own translation" in answer.json["source"]


def test_a_search_answers_terms(house: Served) -> None:
    found = house.get("/api/hpo?q=epileps", **ANNA).json["terms"]
    assert ("HP:0001250", "Seizure", "Epilepsy") in {
        (t["id"], t["name"], t["matched"]) for t in found
    }
    (one,) = house.get("/api/hpo?q=HP:0001250", **ANNA).json["terms"]
    assert one["genes"] > 1000


@pytest.mark.parametrize("path", ["/api/hpo?q=seizure", "/api/phenotext"])
def test_nobody_is_answered(house: Served, path: str) -> None:
    for answer in (house.get(path), house.post(path, b'{"text": "seizures"}', **JSON)):
        assert (answer.status, answer.json["error"]["code"]) == (403, "SIGN-IN")


def test_another_site_is_refused(house: Served) -> None:
    strange = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "empty"}
    answer = sent(house, **strange)
    assert (answer.status, answer.json["error"]["code"]) == (403, "REQUEST")


def test_a_foreign_host_name_is_refused(services: Services) -> None:
    with served(Services(services.desk, services.settings, LoopbackSignIn())) as alone:
        assert sent(alone).status == 200
        assert sent(alone, Host="evil.example:5006").status == 403
        assert alone.get("/api/hpo?q=seizure", Host="evil.example:5006").status == 403


def test_an_address_cannot_carry_the_text(house: Served) -> None:
    assert house.get("/api/phenotext?text=seizures", **ANNA).status == 405


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"text=seizures", "application/x-www-form-urlencoded"),
        (json.dumps({"text": SECRET}).encode(), "text/plain"),
        (f'{{"text": "{SECRET}'.encode(), "application/json"),
        (json.dumps([SECRET]).encode(), "application/json"),
        (json.dumps({"text": [SECRET]}).encode(), "application/json"),
        (json.dumps({"text": SECRET * 1000}).encode(), "application/json"),
        (b"\xff\xfe", "application/json"),
    ],
)
def test_a_wrong_body_is_told_apart_without_its_words(
    house: Served, body: bytes, kind: str
) -> None:
    answer = house.post("/api/phenotext", body, **(ANNA | {"Content-Type": kind}))
    assert (answer.status, answer.json["error"]["code"]) == (400, "TEXT")
    assert SECRET.encode() not in answer.body


def test_a_long_search_is_refused(house: Served) -> None:
    answer = house.get(f"/api/hpo?q={'a' * 300}", **ANNA)
    assert (answer.status, answer.json["error"]["code"]) == (400, "SEARCH")


def test_the_text_is_neither_logged_nor_stored(
    house: Served, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    before = services.desk.journal.position()
    with caplog.at_level(logging.DEBUG):
        assert sent(house).status == 200
        assert sent(house, SECRET * 1000).status == 400
    assert len(caplog.records) > 0
    assert not re.search("zebrafisk|lindqvist|spasms", caplog.text, re.I)
    assert services.desk.journal.position() == before
    root = Path(services.settings.lake)
    files = [p for p in root.rglob("*") if p.is_file()]
    assert files
    assert [p for p in files if b"Lindqvist" in p.read_bytes()] == []
