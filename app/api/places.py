"""Bands, genes, marks and searches: what names a place on the genome."""

from __future__ import annotations

from dataclasses import asdict

from app.api.handler import ActorHandler
from data_layer.reference.bands import bands
from data_layer.reference.genes import genes_in
from data_layer.reference.transcripts import transcripts
from data_layer.region import Build

#: Genes are sent only for views this narrow; wider ones show bands.
GENE_SPAN = 20_000_000


class Bands(ActorHandler):
    """Cytobands, chromosome sizes and offsets of a build."""

    def get(self) -> None:
        """Answer the ideogram of a build."""
        build = Build.parse(self.text("build"))
        self.answer(
            {
                "build": build.value,
                "sizes": build.sizes,
                "offsets": build.offsets,
                "bands": [asdict(b) for b in bands(build)],
            }
        )


class Genes(ActorHandler):
    """Genes in a window of the genome-wide axis, with their exons when it is narrow."""

    async def get(self) -> None:
        """Answer genes with 0-based half-open coordinates; ``too_wide`` when above 20 Mb."""
        build = Build.parse(self.text("build"))
        x0, x1 = self.number("x0"), self.number("x1")
        if x1 - x0 > GENE_SPAN:
            self.answer({"too_wide": True, "genes": []})
            return
        self.answer(await self.work(_genes, build, x0, x1))


def _genes(build: Build, x0: int, x1: int) -> dict[str, object]:
    (first, start), (last, end) = build.locate(x0), build.locate(max(x0, x1 - 1))
    found = []
    for chrom in range(first, last + 1):
        low = start if chrom == first else 0
        high = end + 1 if chrom == last else build.size(chrom)
        for gene in genes_in(build, chrom, low, high):
            item = asdict(gene) | {"gpos": build.gpos(chrom, gene.start)}
            if x1 - x0 <= GENE_SPAN // 10:
                item["transcripts"] = [asdict(t) for t in transcripts(build, gene.symbol)]
            found.append(item)
    return {"too_wide": False, "genes": found}


class Marks(ActorHandler):
    """Events to be named on a picture."""

    async def get(self) -> None:
        """Answer the events narrower than a pixel and the highest ranked, with how many there are."""  # noqa: E501
        query = await self.case()
        marks = await self.work(
            query.marks,
            self.filters(),
            self.number("x0"),
            self.number("x1"),
            self.number("w", low=1, high=8192),
        )
        self.answer(marks if isinstance(marks, dict) else asdict(marks))


class Find(ActorHandler):
    """A search inside one case."""

    async def get(self) -> None:
        """Answer genes, regions and variants that match ``q``."""
        query = await self.case()
        self.answer({"hits": [asdict(h) for h in await self.work(query.find, self.text("q"))]})
