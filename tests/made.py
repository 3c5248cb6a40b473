"""Files that the tests make for themselves."""

from __future__ import annotations

from pathlib import Path

HEADER = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##contig=<ID=chr9,length=138394717>
##contig=<ID=chrX,length=156040895>
##INFO=<ID=GNOMADAF,Number=A,Type=Float,Description="gnomAD allele frequency">
##INFO=<ID=RankScore,Number=.,Type=String,Description="family:score">
##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|HGVSc|HGVSp|CANONICAL">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads per allele">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">
"""  # noqa: E501
PEOPLE = ("child", "father", "mother")
PED = "fam\tchild\tfather\tmother\t1\t2\nfam\tfather\t0\t0\t1\t1\nfam\tmother\t0\t0\t2\t1\n"


def line(
    chrom: str, pos: int, ref: str, alt: str, rank: int, gene: str, genotypes: tuple[str, ...]
) -> str:
    """One data line with reads that fit the genotypes."""
    csq = f"{alt}|missense_variant|MODERATE|{gene}|ENSG1|Transcript|ENST1.1|protein_coding|ENST1.1:c.1A>G|ENSP1.1:p.Met1Val|YES"  # noqa: E501
    reads = {"0/0": "30,0:30:99", "0/1": "15,15:30:99", "1/1": "0,30:30:99"}
    info = f"GNOMADAF=0.001;RankScore=fam:{rank};CSQ={csq}"
    cells = "\t".join(f"{g}:{reads[g]}" for g in genotypes)
    return f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t50\tPASS\t{info}\tGT:AD:DP:GQ\t{cells}"


def small_trio(folder: Path, *, lines: int = 40) -> tuple[Path, Path]:
    """A VCF of ``lines`` records and its ped; the first is a de novo in STXBP1."""
    folder.mkdir(parents=True, exist_ok=True)
    body = [line("chr1", 1000 + 10 * i, "A", "G", i % 20, f"GENE{i}", ("0/1", "0/1", "0/0")) for i in range(lines - 1)]  # fmt: skip # noqa: E501
    body.append(line("chr9", 127682510, "G", "A", 27, "STXBP1", ("0/1", "0/0", "0/0")))
    columns = "\t".join(
        ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *list(PEOPLE)]
    )
    vcf, ped = folder / "trio.vcf", folder / "trio.ped"
    vcf.write_text(HEADER + columns + "\n" + "\n".join(body) + "\n")
    ped.write_text(PED)
    return vcf, ped
