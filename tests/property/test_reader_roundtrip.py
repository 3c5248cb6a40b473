"""Any VCF that can be written is read back equal, however it is packed; any damage is seen."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data_layer.errors import InputError
from data_layer.ingest.text import open_vcf
from tests.vcf_made import END_BLOCK, HEAD, META, bgzf, lines_of, read, vcf, write

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BASES = st.text("ACGTN", min_size=1, max_size=8)
WORD = st.text(st.characters(exclude_categories=("Cc", "Cs", "Z"), exclude_characters=";=,:<>\"'"), min_size=1, max_size=12)  # fmt: skip # noqa: E501
KEY = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.+\-]{0,8}", fullmatch=True)
ALT = st.one_of(BASES, st.just("*"), st.just("<DEL>"), st.just("<DUP:TANDEM>"), st.just("N[chr2:321["))  # fmt: skip # noqa: E501
NUMBER = st.one_of(st.just("."), st.floats(0, 1e6).map(lambda f: f"{f:.4g}"))


@st.composite
def record(draw: st.DrawFn, samples: int) -> str:
    alts = draw(st.lists(ALT, min_size=1, max_size=4))
    keys = draw(st.lists(KEY, max_size=4, unique=True))
    info = ";".join(k if draw(st.booleans()) else f"{k}={draw(WORD)}" for k in keys) or "."
    fields = [
        draw(st.sampled_from(["chr1", "chr2", "X", "HLA-A*01:01", "GL000.1"])),
        str(draw(st.integers(0, 2**31 - 2))),
        draw(st.one_of(st.just("."), WORD)),
        draw(BASES),
        ",".join(alts),
        draw(NUMBER),
        draw(st.sampled_from([".", "PASS", "q10", "q10;s50"])),
        info,
    ]
    if samples:
        fields.append("GT:XX:XY")
        allele = st.sampled_from([".", *map(str, range(len(alts) + 1))])
        for _ in range(samples):
            gt = draw(st.lists(allele, min_size=1, max_size=3))
            more = draw(st.lists(WORD, max_size=2))
            fields.append(":".join(["/|"[draw(st.booleans())].join(gt), *more]))
    return "\t".join(fields)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    samples = draw(st.integers(0, 4))
    rows = draw(st.lists(record(samples), max_size=12))
    head = HEAD[:9] + tuple(f"p{i}" for i in range(samples)) if samples else HEAD[:8]
    return vcf(*rows, meta=META, head=head), rows


@QUICK
@given(made=texts(), size=st.integers(20, 3000))
def test_read_back_equal(made: tuple[str, list[str]], size: int) -> None:
    text, rows = made
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("plain", "gzip", "bgzf"):
            path = write(Path(folder) / kind, text, kind, size)
            with open_vcf(path) as reader:
                assert reader.header.text + "".join(f"{r}\n" for r in lines_of(reader)) == text
                assert reader.records == len(rows)


@QUICK
@given(made=texts(), cut=st.floats(0, 1, exclude_max=True), size=st.integers(20, 3000))
def test_a_cut_file_is_an_error(made: tuple[str, list[str]], cut: float, size: int) -> None:
    data = bgzf(made[0].encode(), size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.vcf.gz"
        path.write_bytes(data[: int(cut * len(data))])
        try:
            read(path)
        except InputError:
            return
    raise AssertionError(f"{int(cut * len(data))} of {len(data)} bytes were read as a whole file")


@QUICK
@given(made=texts(), place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@example(made=(vcf(), []), place=0.0, bit=3)
@example(made=(vcf(), []), place=1 - 1e-9, bit=0)
def test_a_flipped_bit_is_an_error_or_changes_nothing(
    made: tuple[str, list[str]], place: float, bit: int
) -> None:
    """Padding bits of a block carry nothing: only there may a flip pass, with the same text."""
    text, rows = made
    data = bytearray(bgzf(text.encode(), 500))
    at = int(place * len(data))
    data[at] ^= 1 << bit
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.vcf.gz"
        path.write_bytes(data)
        try:
            got = read(path)
        except InputError:
            return
    assert at < len(data) - len(END_BLOCK)
    assert got == rows


@QUICK
@given(
    made=texts(),
    line=st.binary(min_size=1, max_size=60).filter(lambda b: not {10, 13} & set(b)),
)
def test_a_stray_line_is_set_aside_or_kept_whole(made: tuple[str, list[str]], line: bytes) -> None:
    """Whatever bytes stand on a line, nothing is lost: it is a record, or in the rejected file."""
    text, rows = made
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.vcf"
        path.write_bytes(text.encode() + line + b"\n")
        with open_vcf(path, skip_bad=True) as reader:
            got = lines_of(reader)
            assert reader.records == len(rows) + 1
            assert len(got) + reader.rejected_count == reader.records
        if reader.rejected_count:
            assert got == rows
            aside = (Path(folder) / "a.vcf.rejected").read_bytes()
            assert aside.split(b"\n", 1)[1] == line + b"\n"
        else:
            assert [r.encode() for r in got] == [*(r.encode() for r in rows), line]
