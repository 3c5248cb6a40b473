"""The lake: immutable Parquet under Delta tables, one version for all of them."""

from data_layer.lake.failure import case_exists, disk
from data_layer.lake.ingest_writer import IngestWriter
from data_layer.lake.lake import Commit, Lake, open_lake
from data_layer.lake.snapshot import Scan, Snapshot

__all__ = ["Commit", "IngestWriter", "Lake", "Scan", "Snapshot", "case_exists", "disk", "open_lake"]
