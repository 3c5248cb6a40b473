"""Phenotype terms: a search by name, and suggestions from clinical text. Neither keeps a word."""

from __future__ import annotations

import json

from app.api.handler import ActorHandler
from data_layer.errors import InputError
from data_layer.query import phenotype

FIX = 'Send JSON of the form {"text": "…"}.'


class Hpo(ActorHandler):
    """Terms of the Human Phenotype Ontology by what a person types."""

    async def get(self) -> None:
        """Answer ``terms`` for ``q``: an id or the beginnings of words of a name."""
        found = await self.work(phenotype.search, self.text("q"))
        self.answer({"terms": found, "source": phenotype.TERMS_SOURCE})


class Phenotext(ActorHandler):
    """Clinical text to terms. The text comes in the body, so that no address holds it."""

    async def post(self) -> None:
        """Answer ``suggestions`` with the words each stands on; the text is not kept or logged."""
        found = await self.work(phenotype.read_text, self._posted())
        self.answer({"suggestions": found, "source": phenotype.SOURCE, "method": phenotype.METHOD})

    def _posted(self) -> str:
        """Return the text. A foreign page cannot send this type of content unasked."""
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise InputError("TEXT", self.request.path, "the body is not JSON", FIX)
        try:
            body = json.loads(self.request.body)
        except ValueError:
            # Its message would quote the text.
            raise InputError("TEXT", self.request.path, "the body is not JSON", FIX) from None
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str):
            raise InputError("TEXT", self.request.path, "text is missing", FIX)
        return text
