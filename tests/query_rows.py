"""A seeded case for the query tests: rows of every class, three people, any size, fast."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data_layer.journal import default_url, open_journal
from data_layer.lake import Lake, open_lake
from data_layer.query.desk import Desk
from data_layer.region import NAMES, Build
from data_layer.schema import CASES, CLASSES, CONSEQUENCES, SAMPLES, VARIANTS
from data_layer.settings import Settings

BUILD = Build.GRCH38
PEOPLE = ("child", "dad", "mum")
GENES = [f"GENE{i}" for i in range(400)] + ["STXBP1", "BRCA2", "C9orf72"]
TERMS = ["missense_variant", "stop_gained", "intron_variant", "synonymous_variant",
         "splice_region_variant", "intergenic_variant", "frameshift_variant"]  # fmt: skip
IMPACT = ["MODERATE", "HIGH", "MODIFIER", "LOW", "LOW", "MODIFIER", "HIGH"]
SIGS = ["Pathogenic", "Likely pathogenic", "Uncertain significance", "Benign", "it's, odd; ~value|"]
HEADER = "\n".join([
    "##fileformat=VCFv4.2",
    "##callCommand=call --child child --father dad --mother mum",
    "##PEDIGREE=<ID=child,Father=dad,Mother=mum>",
    '##FILTER=<ID=LowQual,Description="Low quality">',
    '##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">',
    '##INFO=<ID=DB,Number=0,Type=Flag,Description="Known">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads by allele">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
    *(f"##contig=<ID={n},length={s}>" for n, s in zip(NAMES[:25], BUILD.sizes, strict=False)),
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t" + "\t".join(PEOPLE),
])  # fmt: skip


def variant_table(n: int, seed: int = 1, people: int = 3) -> pa.Table:
    """Rows of ``variants`` without partition columns, sorted along the genome."""
    rng = np.random.default_rng(seed)
    gpos = np.sort(rng.integers(0, BUILD.genome_size, n))
    offsets = np.array(BUILD.offsets)
    chrom = np.searchsorted(offsets, gpos, "right")
    start = gpos - offsets[chrom - 1]
    kind = rng.choice(len(CLASSES), n, p=[0.85, 0.12, 0.012, 0.006, 0.004, 0.004, 0.002, 0.002])
    size = np.where(kind < 2, 1, rng.integers(50, 200_000, n))
    columns: dict[str, Any] = {
        "schema_version": pa.array(np.ones(n, np.int16)),
        "row_id": pa.array(np.arange(n)),
        "file_index": pa.array(np.where(kind < 2, 0, 1).astype(np.int16)),
        "record": pa.array(np.arange(n)),
        "alt_index": pa.array(np.ones(n, np.int16)),
        "alt_count": pa.array(np.ones(n, np.int16)),
        "class": _pick(CLASSES, kind),
        "chrom": pa.array(chrom.astype(np.int8)),
        "contig": _pick(NAMES, chrom - 1),
        "start": pa.array(start),
        "end": pa.array(start + size),
        "gpos": pa.array(gpos),
        "ref": _pick(["A", "C", "G", "T"], rng.integers(0, 4, n)),
        "alt": _pick(["AT", "CA", "GC", "TG"], rng.integers(0, 4, n)),
        "id": _pick(["rs1", "rs22", "rs333"], rng.integers(0, 3, n), rng.random(n) < 0.7),
        "qual": _some(rng, np.round(rng.gamma(4, 20, n), 2), 0.05),
        "filter": _lists(n, 1, _pick(["PASS", "LowQual"], (rng.random(n) < 0.1).astype(int))),
        "svlen": pa.array(-size, mask=kind < 2),
        "info": _pick([f"AF={i / 500};DB" for i in range(500)], rng.integers(0, 500, n)),
        "format": _pick(["GT:AD:DP"], np.zeros(n, int)),
    }
    columns |= _genotypes(rng, chrom, people) | _annotation(rng, n)
    columns["vid"] = _vids(columns, n)
    arrays = [columns.get(f.name, pa.nulls(n, f.type)).cast(f.type) for f in VARIANTS.stored]
    return pa.table(arrays, schema=VARIANTS.stored)


def _genotypes(rng: np.random.Generator, chrom: Any, people: int) -> dict[str, pa.Array]:
    """What each person carries; the child and dad are male, with one X and one Y."""
    n = len(chrom)
    gt = rng.choice(np.array([-1, 0, 1, 2], np.int8), (n, people), p=[0.02, 0.4, 0.4, 0.18])
    alone = ((chrom == 23) | (chrom == 24))[:, None] & (np.arange(people) < 2)[None, :]
    gt = np.where(alone & (gt == 2), np.int8(1), gt)
    dp = rng.poisson(34, (n, people)).astype(np.int32)
    share = np.where(gt == 1, 0.5, np.where(gt == 2, 1.0, 0.0))
    alt = rng.binomial(dp, share).astype(np.int32)
    fraction = (alt / np.maximum(dp, 1)).astype(np.float32)
    none = rng.random(n * people) < 0.03
    words = np.array(["./.", "0/0", "0/1", "1/1"])[gt.ravel() + 1]
    if n <= 100_000:
        cells = zip(words, dp.ravel(), alt.ravel(), strict=True)
        text = pa.array([f"{w}:{d - a},{a}:{d}" for w, d, a in cells])
    else:
        text = _pick(["0/1:20,18:38", "0/0:30,0:30"], rng.integers(0, 2, n * people))
    quality = rng.integers(0, 100, n * people).astype(np.float32)
    flat = {
        "gt": pa.array(gt.ravel()),
        "phased": pa.array(np.zeros(n * people, bool)),
        "hemizygous": pa.array(alone.ravel()),
        "dp": pa.array(dp.ravel()),
        "gq": pa.array(quality),
        "ad_ref": pa.array((dp - alt).ravel()),
        "ad_alt": pa.array(alt.ravel()),
        "vaf": pa.array(fraction.ravel(), mask=none),
        "sample_text": text,
    }
    return {name: _lists(n, people, values) for name, values in flat.items()}


def _annotation(rng: np.random.Generator, n: int) -> dict[str, pa.Array]:
    term = rng.choice(len(TERMS), n, p=[0.02, 0.002, 0.5, 0.02, 0.01, 0.446, 0.002])
    coding = [f"NM_000{i}.2:c.{i}A>G" for i in range(2000)]
    protein = [f"NP_000{i}.2:p.(Arg{i}His)" for i in range(2000)]
    return {
        "gene": _pick(GENES, rng.integers(0, len(GENES), n), rng.random(n) < 0.4),
        "consequence": _pick(TERMS, term),
        "impact": _pick(IMPACT, term),
        "hgvsc": _pick(coding, rng.integers(0, 2000, n), rng.random(n) < 0.5),
        "hgvsp": _pick(protein, rng.integers(0, 2000, n), rng.random(n) < 0.9),
        "af_max": _some(rng, rng.beta(0.2, 2, n), 0.3),
        "gnomad_af": _some(rng, rng.beta(0.2, 2, n), 0.3),
        "local_obs": _some(rng, rng.integers(0, 900, n).astype(np.int32), 0.5),
        "cadd": _some(rng, rng.gamma(2, 4, n).astype(np.float32), 0.3),
        "spliceai": _some(rng, rng.beta(0.3, 5, n).astype(np.float32), 0.6),
        "clinvar_sig": _pick(SIGS, rng.integers(0, len(SIGS), n), rng.random(n) < 0.97),
        "clinvar_stars": _some(rng, rng.integers(0, 5, n).astype(np.int8), 0.97),
        "rank_score": _some(rng, rng.normal(2, 6, n).round().astype(np.float32), 0.05),
        "models": _lists(n, 1, _pick(["AD", "AR_comp"], rng.integers(0, 2, n))),
    }


def _vids(columns: dict[str, Any], n: int) -> pa.Array:
    chroms, starts = columns["contig"].to_pylist(), columns["start"].to_pylist()
    if n > 100_000:
        return pa.array(columns["row_id"].cast(pa.string()))
    pairs = zip(chroms, starts, columns["ref"].to_pylist(), columns["alt"].to_pylist(), strict=True)
    return pa.array([f"GRCh38-{c}-{s + 1}-{r}-{a}" for c, s, r, a in pairs])


def _pick(words: Any, codes: Any, null: Any = None) -> pa.Array:
    index = pa.array(np.asarray(codes).astype(np.int32), mask=null)
    return pa.DictionaryArray.from_arrays(index, pa.array(list(words))).cast(pa.string())


def _some(rng: np.random.Generator, values: Any, share: float) -> pa.Array:
    return pa.array(values, mask=rng.random(len(values)) < share)


def _lists(n: int, each: int, flat: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32) * each), flat)


def sample_rows(people: tuple[str, ...] = PEOPLE) -> list[dict[str, Any]]:
    roles = ("proband", "father", "mother")
    sexes = ("male", "male", "female")
    out = []
    for i, name in enumerate(people):
        child = i == 0 and len(people) == 3
        out.append({
            "schema_version": 1, "sample_index": i, "sample_key": f"s{i}", "sample_id": name,
            "name": name, "person_key": f"p{i}", "sex": sexes[i % 3], "role": roles[i % 3],
            "affected": "affected" if i == 0 else "unaffected", "is_tumour": False,
            "father": people[1] if child else None, "mother": people[2] if child else None,
        })  # fmt: skip
    return out


def write_case(
    lake: Lake,
    case_id: str,
    variants: pa.Table,
    *,
    institute: str = "clinic",
    consequences: pa.Table | None = None,
    header: str = HEADER,
    people: tuple[str, ...] = PEOPLE,
    hpo: tuple[str, ...] = ("HP:0001250",),
    hpo_excluded: tuple[str, ...] = (),
) -> int:
    """Commit a case; return the lake version."""
    names = ("snv.vcf.gz", "sv.vcf.gz")
    sources = [{"name": n, "sha256": "0" * 64, "format": "vcf", "header": header} for n in names]
    with lake.begin(case_id, build=BUILD) as writer:
        writer.add("variants", variants)
        if consequences is not None:
            writer.add("consequences", consequences)
        writer.add("samples", pa.Table.from_pylist(sample_rows(people), SAMPLES.stored))
        case = {
            "schema_version": 1, "name": f"Case {case_id}", "kind": "rare", "build": BUILD.value,
            "institute": institute, "created": datetime.now(UTC), "hpo": list(hpo),
            "hpo_excluded": list(hpo_excluded),
            "rows": variants.num_rows, "sources": json.dumps(sources),
        }  # fmt: skip
        writer.add("cases", pa.Table.from_pylist([case], CASES.stored))
        return writer.commit()


def consequence_table(variants: pa.Table, seed: int = 2) -> pa.Table:
    """One consequence a row, and a second one in another gene for every tenth row."""
    rng = np.random.default_rng(seed)
    rows = variants.column("row_id").to_pylist()
    out = []
    for row in rows:
        for ordinal in range(2 if row % 10 == 0 else 1):
            term = TERMS[int(rng.integers(len(TERMS)))]
            out.append({
                "schema_version": 1, "row_id": row, "source": "CSQ", "ordinal": ordinal,
                "best": ordinal == 0, "consequence": [term], "text": f"x|{term}",
                "gene": GENES[int(rng.integers(len(GENES)))], "transcript": f"ENST{row}.{ordinal}",
            })  # fmt: skip
    return pa.Table.from_pylist(out, CONSEQUENCES.stored)


def open_desk(folder: Path, variants: pa.Table, **case: Any) -> Desk:
    """A desk over a lake with the one case ``demo``, and a real journal."""
    settings = Settings(lake=str(folder), threads=2)
    lake = open_lake(str(folder), settings=settings, create=True)
    write_case(lake, "demo", variants, **case)
    return Desk(lake, open_journal(default_url(folder)), settings)


def plain(variants: pa.Table) -> list[dict[str, Any]]:
    """The rows as Python sees them, for an oracle."""
    return list(variants.to_pylist())
