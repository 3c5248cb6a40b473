"""Which INFO key, consequence sub-field or FORMAT key of a file feeds which typed column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data_layer.ingest.header import VcfHeader

#: INFO keys by column, the first that a record has wins; case does not matter.
INFO_KEYS: dict[str, tuple[str, ...]] = {
    "gnomad_af": (
        "GNOMADAF", "gnomAD_AF", "gnomADg_AF", "gnomADe_AF", "gnomad_genomes_af",
        "gnomad_exomes_af", "GND_FREQ", "GNOMAD_MTAF_hom", "gnomad_mt_AF_hom", "gnomad_svAF",
    ),
    "gnomad_hom": (
        "gnomad_hom", "GNOMADHOM", "GNOMADAC_hom", "gnomad_nhomalt", "gnomAD_nhomalt",
        "gnomADg_nhomalt", "gnomad_svHOM", "nhomalt",
    ),
    "local_obs": (
        "Obs", "clin_obs", "Clinical_Obs", "clinical_genomics_loqusObs", "loqusdb_obs",
        "Cancer_Somatic_Obs",
    ),
    "local_frq": ("Frq", "clinical_genomics_loqusFrq", "loqusdb_frq"),
    "cadd": ("CADD", "CADD_PHRED"),
    "revel": ("REVEL_score", "REVEL"),
    "spliceai": ("SpliceAI",),
    "clinvar_sig": ("CLNSIG", "CLINVAR_CLNSIG", "CLIN_SIG"),
    "clinvar_rev": ("CLNREVSTAT", "CLINVAR_CLNREVSTAT"),
    "rank_score": ("RankScore",),
    "rank_parts": ("RankResult",),
    "models": ("GeneticModels",),
    "compounds": ("Compounds",),
    "callers": ("FOUND_IN", "svdb_origin", "set", "CALLERS", "CALLER"),
    "severe": ("most_severe_consequence",),
}  # fmt: skip
#: Sub-fields of VEP's CSQ by column.
CSQ_KEYS: dict[str, tuple[str, ...]] = {
    "gnomad_af": (
        "gnomADg_AF", "gnomAD_AF", "gnomADe_AF", "gnomAD_genomes_AF", "gnomAD_exomes_AF",
    ),
    "gnomad_hom": ("gnomADg_nhomalt", "gnomAD_nhomalt", "gnomAD_genomes_nhomalt"),
    "cadd": ("CADD_PHRED",),
    "revel": ("REVEL_score", "REVEL"),
    "spliceai": (
        "SpliceAI_pred_DS_AG", "SpliceAI_pred_DS_AL", "SpliceAI_pred_DS_DG", "SpliceAI_pred_DS_DL",
        "DS_AG", "DS_AL", "DS_DG", "DS_DL",
    ),
    "clinvar_sig": ("CLINVAR_CLNSIG", "ClinVar_CLNSIG", "CLIN_SIG"),
    "clinvar_rev": ("CLINVAR_CLNREVSTAT", "ClinVar_CLNREVSTAT"),
}  # fmt: skip
#: INFO keys with the frequency of a population; a caller's own AF is none.
POPULATION = re.compile(
    r"(?:gnomad|gnd|1000g|exac|kgp|topmed|swegen|sweref|colorsdb|snpsift|left_1000g|right_1000g)"
    r"\w*(?:af|frq|freq)\w*|\w*(?:afr|amr|eas|eur|sas|nfe|fin|asj|ami|mid)_af|max_af|popmax_af|mtaf",
    re.I,
)
_CSQ_POPULATION = re.compile(r"(?:\w+_)?AF|MAX_AF|\w*popmax\w*AF|\w*AF_?(?:popmax|grpmax)", re.I)
#: INFO keys of SpliceAI when each score has its own.
SPLICE_PARTS = re.compile(r"(?:SpliceAI_(?:pred_)?)?DS_(?:AG|AL|DG|DL)", re.I)
#: FORMAT keys that hold the fraction of reads, in the order in which they are believed.
VAF_KEYS = ("AF", "VAF", "FREQ", "VF", "FA", "ALT_AF")
#: Keys that are read whatever their column.
OTHER_INFO = ("SVTYPE", "SVLEN", "END", "MATEID", "CHR2", "POS2", "END2", "HGNCId", "IMPACT")
FUSION_INFO = ("GENEA", "GENEB", "HGNC_ID_A")


@dataclass(frozen=True)
class FieldMap:
    """What a file's fields feed.

    Attributes:
        info: INFO keys by column, spelled as in the file.
        csq: CSQ sub-fields by column, spelled as in the header.
        frequencies: INFO keys that af_max is the highest of.
        csq_frequencies: CSQ sub-fields likewise.
        splice: INFO keys of single SpliceAI delta scores.
        rank_names: names of RankResult's parts, from its description.
        vaf: FORMAT keys with the fraction of reads.
        cases: size of the caller's own collection, from ##NrCases.
        per_allele: columns whose INFO key is declared with one text an allele (Number=A).
        pave: INFO IMPACT is PAVE's (gene, transcript, effect, …).
    """

    info: Mapping[str, tuple[str, ...]]
    csq: Mapping[str, tuple[str, ...]]
    frequencies: tuple[str, ...] = ()
    csq_frequencies: tuple[str, ...] = ()
    splice: tuple[str, ...] = ()
    rank_names: tuple[str, ...] = ()
    vaf: tuple[str, ...] = ()
    cases: int | None = None
    per_allele: frozenset[str] = frozenset()
    pave: bool = False

    @property
    def mapping(self) -> dict[str, list[str]]:
        """The map as JSON, for ``cases.sources``: column to the fields that feed it."""
        out = {c: [f"INFO/{k}" for k in keys] for c, keys in self.info.items()}
        for column, keys in self.csq.items():
            out.setdefault(column, []).extend(f"CSQ/{k}" for k in keys)
        out["af_max"] = [f"INFO/{k}" for k in self.frequencies]
        out["af_max"] += [f"CSQ/{k}" for k in self.csq_frequencies]
        out["vaf"] = [f"FORMAT/{k}" for k in self.vaf]
        return {column: fields for column, fields in out.items() if fields}


def field_map(header: VcfHeader, extra: Iterable[str] = ()) -> FieldMap:
    """Build the map from a header and from INFO keys met in records but not defined there."""
    have = list(dict.fromkeys([*header.info, *extra]))
    by_name = {key.lower(): key for key in reversed(have)}
    csq = header.csq.get("CSQ", ())
    csq_by_name = {key.lower(): key for key in reversed(csq)}
    cases = next((v for v in header.meta.get("NrCases", []) if v.isdecimal()), None)
    return FieldMap(
        info=_chosen(INFO_KEYS, by_name),
        csq=_chosen(CSQ_KEYS, csq_by_name),
        frequencies=tuple(k for k in have if POPULATION.fullmatch(k) and _is_number(header, k)),
        csq_frequencies=tuple(k for k in csq if _CSQ_POPULATION.fullmatch(k)),
        splice=tuple(k for k in have if SPLICE_PARTS.fullmatch(k)),
        rank_names=_rank_names(header),
        vaf=tuple(
            k for k in VAF_KEYS if k not in header.formats or header.formats[k].type != "Integer"
        ),
        cases=int(cases) if cases and int(cases) > 0 else None,
        pave="Variant Impact [Gene, Transcript" in _described(header, "IMPACT"),
        per_allele=frozenset(
            c
            for c, keys in _chosen(INFO_KEYS, by_name).items()
            if any(k in header.info and header.info[k].number == "A" for k in keys)
        ),
    )


def wanted_keys() -> tuple[str, ...]:
    """Every INFO key that feeds a column by its name alone."""
    return tuple(dict.fromkeys(k for keys in INFO_KEYS.values() for k in keys))


def _chosen(
    wanted: Mapping[str, tuple[str, ...]], by_name: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    found = {
        column: tuple(dict.fromkeys(by_name[k.lower()] for k in keys if k.lower() in by_name))
        for column, keys in wanted.items()
    }
    return {column: keys for column, keys in found.items() if keys}


def _is_number(header: VcfHeader, key: str) -> bool:
    return key not in header.info or header.info[key].type in ("Float", "String")


def _described(header: VcfHeader, key: str) -> str:
    return header.info[key].description if key in header.info else ""


def _rank_names(header: VcfHeader) -> tuple[str, ...]:
    given = header.info.get("RankResult")
    if given is None or "|" not in given.description:
        return ()
    return tuple(name.strip() for name in given.description.split("|"))
