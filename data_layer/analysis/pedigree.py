"""Who is whose child, as questions of inheritance need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """A person; ``father`` and ``mother`` are places in the family, None when not in it.

    ``sex`` is male, female or unknown; ``affected`` is affected, unaffected or unknown.
    """

    name: str
    sex: str = "unknown"
    affected: str = "unknown"
    father: int | None = None
    mother: int | None = None


@dataclass(frozen=True)
class Family:
    """The people of a case, any number, and the one whom the question is about."""

    people: tuple[Member, ...]
    subject: int

    @property
    def self(self) -> Member:
        """The one whom the question is about; taken as affected whatever the pedigree says."""
        return self.people[self.subject]

    @property
    def father(self) -> int | None:
        """Place of the subject's father."""
        return self.self.father

    @property
    def mother(self) -> int | None:
        """Place of the subject's mother."""
        return self.self.mother

    @property
    def parents(self) -> tuple[int, ...]:
        """Places of the parents who are in the family."""
        return tuple(p for p in (self.father, self.mother) if p is not None)

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of the subject's parents are not in the family, in words."""
        both = (("father", self.father), ("mother", self.mother))
        return tuple(word for word, place in both if place is None)

    @property
    def missing_mother(self) -> tuple[str, ...]:
        """The mother, when she is not in the family."""
        return ("mother",) if self.mother is None else ()

    def others(self, affected: str) -> Iterator[int]:
        """Yield the places of everyone but the subject who has that status."""
        for place, person in enumerate(self.people):
            if place != self.subject and person.affected == affected:
                yield place

    def line(self) -> frozenset[int]:
        """Return the places of all who have their M from the same foremother as the subject."""
        root = self._root(self.subject)
        return frozenset(p for p in range(len(self.people)) if self._root(p) == root)

    def _root(self, place: int) -> int:
        seen = {place}
        while (up := self.people[place].mother) is not None and up not in seen:
            seen.add(up)
            place = up
        return place
