"""Running tasks: threads here, or a Dask cluster when a scheduler is set."""

from data_layer.compute.run import run

__all__ = ["run"]
