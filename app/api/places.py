"""Bands, genes, marks and searches: what names a place on the genome."""

from __future__ import annotations

from dataclasses import asdict

from app.api.grid import MAX_SIDE
from app.api.handler import ActorHandler
from data_layer.query.population import population_view
from data_layer.reference.bands import bands
from data_layer.reference.genes import Gene, genes_in
from data_layer.reference.transcripts import transcripts
from data_layer.region import Build

#: Genes are sent only for views this narrow; wider ones show bands.
GENE_SPAN = 20_000_000
#: The best transcript's exons are sent for views narrower than this.
EXON_SPAN = 500_000


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
        """Answer genes with 0-based half-open coordinates; ``too_wide`` when above 20 Mb.

        Below 500 kb each has ``exons``, ``cds`` and ``transcript`` of its best transcript.
        """
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
            if x1 - x0 < EXON_SPAN:
                item |= _best(build, gene)
            found.append(item)
    return {"too_wide": False, "genes": found}


class Population(ActorHandler):
    """Copy-number variants of the general population."""

    async def get(self) -> None:
        """Answer ``segments`` a pixel wide, ``narrow`` as [pixel, count], ``total``, ``of``."""
        build = Build.parse(self.text("build"))
        x0, x1 = self.number("x0"), self.number("x1")
        wide = self.number("w", low=1, high=MAX_SIDE)
        self.answer(vars(await self.work(population_view, build, x0, x1, wide)))


def _best(build: Build, gene: Gene) -> dict[str, object]:
    """Return exons and coding part of the transcript that stands for a gene, empty without one."""
    here = [t for t in transcripts(build, gene.symbol) if t.chrom == gene.chrom]
    if not here:
        return {"exons": [], "cds": None, "transcript": None}
    best = here[0]
    return {"exons": best.exons, "cds": best.cds, "transcript": best.refseq or best.enst}


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
            self.number("w", low=1, high=MAX_SIDE),
        )
        self.answer(marks if isinstance(marks, dict) else asdict(marks))


class Find(ActorHandler):
    """A search inside one case."""

    async def get(self) -> None:
        """Answer genes, regions and variants that match ``q``."""
        query = await self.case()
        self.answer({"hits": [asdict(h) for h in await self.work(query.find, self.text("q"))]})
