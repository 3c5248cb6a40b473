"""Which files are what, and whose: formats by content, then a sample for each feed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats import FORMATS, NAMES
from data_layer.ingest.formats.vcf_baf import baf_feeds, is_gvcf
from data_layer.ingest.gzip_stream import require_file

# A GATK table of GRCh38 begins with 3,366 lines of contigs.
_RAW = 1 << 20
_TEXT = 1 << 20
_STEP = 16
_GZIP = b"\x1f\x8b"
_VCF_NAME = re.compile(r"\.(vcf(\.b?gz)?|bcf)$", re.I)
_VCF_TEXT = re.compile(r"\ufeff?[\r\n]*(##fileformat=VCF|#CHROM\tPOS|BCF)")


def read_head(path: Path) -> Head:
    """Read the beginning of a file; damage is left for its reader to find.

    Raises:
        InputError: FILE-OPEN, it cannot be read.
    """
    try:
        require_file(path)
        with path.open("rb") as file:
            raw = file.read(_RAW)
    except OSError as e:
        raise InputError(
            "FILE-OPEN", path.name, f"it cannot be opened ({e.strerror})", "Check the path."
        ) from e
    plain = _inflated(raw) if raw.startswith(_GZIP) else raw
    return Head(path, raw, plain.decode("utf-8", "replace"))


def _inflated(raw: bytes) -> bytes:
    """Return what can be inflated of gzip data that may stop anywhere."""
    out, rest = b"", raw
    while rest.startswith(_GZIP) and len(out) < _TEXT:
        member = zlib.decompressobj(wbits=31)
        try:
            out += member.decompress(rest, _TEXT - len(out))
        except zlib.error:
            return out + _before_damage(rest)
        rest = member.unused_data
    return out


def _before_damage(raw: bytes) -> bytes:
    """Return what comes before the place where gzip data break, so that their format is known."""
    member, out = zlib.decompressobj(wbits=31), b""
    try:
        for at in range(0, len(raw), _STEP):
            if len(out) >= _TEXT:
                break
            out += member.decompress(raw[at : at + _STEP])
    except zlib.error:
        pass
    return out[:_TEXT]


def feeds_of(path: Path) -> tuple[Feed, ...] | None:
    """Return what a file gives beside variants; None for a VCF or BCF to be read for variants.

    A gVCF with allele depths gives B-allele fractions, not variants.

    Raises:
        InputError: FILE-OPEN; FORMAT-UNKNOWN lists what is known.
    """
    if _VCF_NAME.search(path.name) and not path.is_file():
        return None
    head = read_head(path)
    if _VCF_NAME.search(path.name) or _VCF_TEXT.match(head.text):
        return _gvcf_feeds(head)
    for known in FORMATS:
        found = known.feeds(head)
        if found:
            return found
    raise unknown(path)


def _gvcf_feeds(head: Head) -> tuple[Feed, ...] | None:
    if not is_gvcf(head):
        return None
    try:
        return baf_feeds(head.path)
    except InputError as error:
        if error.problem.code == "BAF-DEPTHS":
            return None
        raise


def unknown(path: Path) -> InputError:
    """Return the error for a file that no format takes."""
    return InputError(
        "FORMAT-UNKNOWN",
        path.name,
        "it is in no format that is known here",
        f"Known are VCF, BCF, {', '.join(NAMES.values())}.",
    )


@dataclass(frozen=True)
class CaseFeed:
    """A feed of the case; ``sample`` once it is known whose it is, ``key`` of the manifest."""

    feed: Feed
    sample: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Known:
    """Who is in the case before its feeds are looked at.

    Attributes:
        samples: ids of samples.
        names: other words for them, as a manifest gives: name to id.
        asked: what ``--sample`` says: path or file name to sample id.
        closed: whether a feed may name no one else; false where no VCF tells who is there.
    """

    samples: Sequence[str]
    names: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    closed: bool = True


def owner(case_feed: CaseFeed, known: Known) -> str:
    """Return whose a feed is.

    What ``--sample`` says comes first, then the manifest, the sample that the file names, the
    longest name of the case that begins the file's name, the only sample of the case.

    Raises:
        InputError: FEED-SAMPLE lists who is in the case.
    """
    feed = case_feed.feed
    asked = known.asked.get(str(feed.path)) or known.asked.get(feed.path.name)
    said = asked or case_feed.sample
    if said:
        return _in_case(feed, said, known) if known.samples and known.closed else said
    own = known.names.get(feed.sample or "", feed.sample)
    if own and (own in known.samples or not known.closed):
        return own
    found = _by_name(feed.path.name, [*known.samples, *known.names])
    if found:
        return known.names.get(found, found)
    if own:
        return _in_case(feed, own, known)
    if len(known.samples) == 1:
        return known.samples[0]
    if not known.samples:
        return _stem(feed.path.name)
    raise _nobody(feed, "its name begins with no sample of the case, nor does it name one", known)


def _in_case(feed: Feed, sample: str, known: Known) -> str:
    if sample in known.samples:
        return sample
    raise _nobody(feed, f"it is said to be of {sample!r}, who is not in the case", known)


def _by_name(name: str, words: Sequence[str]) -> str | None:
    fitting = [w for w in words if name.startswith(w) and not name[len(w) : len(w) + 1].isalnum()]
    return max(fitting, key=len, default=None)


def _stem(name: str) -> str:
    word = re.sub(r"[._]gens$", "", name.split(".")[0])
    return re.sub(r"[^A-Za-z0-9._-]+", "-", word).strip("._-") or "sample"


def _nobody(feed: Feed, why: str, known: Known) -> InputError:
    return InputError(
        "FEED-SAMPLE",
        feed.path.name,
        f"whose {feed.name.replace('_', ' ')} this is cannot be told: {why}",
        f"Pass --sample {feed.path.name}=SAMPLE; the case has {', '.join(known.samples)}.",
    )


def without_doubles(listed: Sequence[CaseFeed], given: Sequence[CaseFeed]) -> list[CaseFeed]:
    """Return the feeds of the manifest, then those given, each file once."""
    paths = {c.feed.path.resolve() for c in listed}
    return [*listed, *(c for c in given if c.feed.path.resolve() not in paths)]
