"""Sorted rows of Parquet files, chromosome by chromosome, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_layer.lake.failure import disk, missing

_ROWS = 1 << 17


@dataclass(frozen=True)
class SortedRows:
    """Files of one signal, staged or in the lake, whose rows are sorted by chrom."""

    paths: tuple[Path, ...]

    @property
    def rows(self) -> int:
        """Rows in all."""
        return sum(self._footer(path).num_rows for path in self.paths)

    def chroms(self) -> list[int]:
        """Chromosome codes that may have rows, in order."""
        found: set[int] = set()
        for path in self.paths:
            footer = self._footer(path)
            for group in range(footer.num_row_groups):
                low, high = _span(footer, group)
                found |= set(range(low, high + 1))
        return sorted(found)

    def of(self, chrom: int, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield the rows of one chromosome, a row group at a time."""
        for path in self.paths:
            with _opened(path) as file:
                for group in range(file.metadata.num_row_groups):
                    low, high = _span(file.metadata, group)
                    if not low <= chrom <= high:
                        continue
                    rows = file.read_row_group(group, columns=["chrom", *columns])
                    if low != high:
                        rows = rows.filter(pc.equal(rows["chrom"], chrom))
                    yield rows.select(list(columns))

    def all(self) -> Iterator[pa.RecordBatch]:
        """Yield every row as it lies, all columns, a row group at a time."""
        for path in self.paths:
            with _opened(path) as file:
                yield from file.iter_batches(_ROWS)

    def values(self, column: str) -> tuple[int, ...]:
        """Return the different whole numbers of a column, in order."""
        found: set[int] = set()
        for path in self.paths:
            with _opened(path) as file:
                for batch in file.iter_batches(_ROWS, columns=[column]):
                    found |= {int(v) for v in pc.unique(batch[column]).to_pylist()}
        return tuple(sorted(found))

    @staticmethod
    def _footer(path: Path) -> pq.FileMetaData:
        with _opened(path) as file:
            return file.metadata


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    """The file, whatever goes wrong with it as LAKE-READ."""
    try:
        with disk(path.name, "LAKE-READ"), pq.ParquetFile(path) as file:
            yield file
    except pa.ArrowInvalid as error:
        raise missing(path.name) from error


def _span(footer: pq.FileMetaData, group: int) -> tuple[int, int]:
    """Lowest and highest chromosome of a row group; all when the file does not say."""
    part = footer.row_group(group)
    for column in (part.column(i) for i in range(part.num_columns)):
        if column.path_in_schema == "chrom" and column.statistics is not None:
            return int(column.statistics.min), int(column.statistics.max)
    return 1, 26
