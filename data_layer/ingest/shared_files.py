"""Files that name several people: each takes what is their own, nobody what is another's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed
from data_layer.ingest.feeds import Known
from data_layer.ingest.source import Warning


@dataclass
class Shared:
    """Which files name several samples, and whom of them the case lacks."""

    samples: Mapping[Path, tuple[str, ...]]
    _strangers: dict[Path, list[str]] = field(default_factory=dict)
    _here: dict[Path, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, feeds: Sequence[Feed]) -> Shared:
        """Look for the files among those of a case."""
        named: dict[Path, dict[str, None]] = {}
        for feed in feeds:
            named.setdefault(feed.path, {})[feed.sample or ""] = None
        return cls({path: tuple(names) for path, names in named.items() if len(names) > 1})

    def leaves_out(self, feed: Feed, known: Known) -> bool:
        """Say whether a feed is of someone in such a file who is not in the case.

        Raises:
            InputError: FEED-SAMPLE, the file is said to be of one person, or of nobody here.
        """
        samples = self.samples.get(feed.path)
        if samples is None:
            return False
        asked = known.asked.get(str(feed.path)) or known.asked.get(feed.path.name)
        here = self._of_case(feed.path, known)
        if asked or not here:
            raise _several(feed, samples, known, asked)
        if not known.closed:
            return False
        if feed.sample in here:
            return False
        self._strangers.setdefault(feed.path, []).append(feed.sample or "")
        return True

    def _of_case(self, path: Path, known: Known) -> frozenset[str]:
        """Those whom a file names and who may be in the case, looked up once a file."""
        if path not in self._here:
            people, names = set(known.samples), self.samples[path]
            here = (s for s in names if not known.closed or known.names.get(s, s) in people)
            self._here[path] = frozenset(here)
        return self._here[path]

    def own(self, feed: Feed, known: Known) -> str | None:
        """Return whom such a file itself names; None for a file of one person."""
        if feed.path not in self.samples or feed.sample is None:
            return None
        return known.names.get(feed.sample, feed.sample)

    def warnings(self) -> list[Warning]:
        """Say of each file how many of its samples were left out."""
        return [
            Warning(
                0,
                "FEED-OTHERS",
                f"{path.name}: {len(set(left)):,} of its {len(self.samples[path]):,} samples are "
                f"not in the case and were left out, {left[0]!r} first",
            )
            for path, left in self._strangers.items()
        ]


def _several(feed: Feed, samples: Sequence[str], known: Known, asked: str | None) -> InputError:
    few = ", ".join(samples[:5]) + (", …" if len(samples) > 5 else "")
    why = f"so it is not {asked}'s alone" if asked else "none of whom is in the case"
    return InputError(
        "FEED-SAMPLE",
        feed.path.name,
        f"it names {len(samples)} samples ({few}), {why}",
        f"Take out the lines of one person; the case has {', '.join(known.samples) or 'nobody'}.",
    )
