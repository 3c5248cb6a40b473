"""The benchmark: ratios against a peer in one run, cold and warm. ``make bench``.

Prints a table and writes ``bench-results.json``. Numbers of one machine are not compared with
those of another: only the ratios travel.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.clock import Row, table
from tests.bench.ingest_bench import ingest_rows
from tests.bench.query_bench import query_rows
from tests.bench.signal_bench import WHOLE, signal_rows


def main() -> None:
    """Simulate, ingest, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=1_000_000, help="calls of the trio")
    parser.add_argument("--points", type=int, default=WHOLE, help="points of the trio's signals")
    parser.add_argument("--lake", type=Path, default=None, help="reuse a lake made earlier")
    parser.add_argument("-o", "--output", type=Path, default=Path("bench-results.json"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = asked.lake or Path(made)
        rows: list[Row] = ingest_rows(folder, asked.variants)
        rows += query_rows(folder)
        rows += signal_rows(folder, asked.points)
    print(table(rows))  # noqa: T201
    result = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "processor": platform.machine()},
        "variants": asked.variants,
        "points": asked.points,
        "rows": [vars(r) | {"ratio": r.ratio} for r in rows],
    }
    asked.output.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
