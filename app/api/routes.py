"""Every address that is not a page."""

from __future__ import annotations

from app.api.assets import Assets
from app.api.cases import Cases, Version
from app.api.export import Export
from app.api.grid import GridPicture
from app.api.handler import ActorHandler
from app.api.health import Health, Ready
from app.api.phenotype import Hpo, Phenotext
from app.api.places import Bands, Find, Genes, Marks, Population
from app.api.rows import Place, Rows, Variant
from app.api.steps import Funnel, WhyGone
from app.api.tracks import Arcs, Detect, Event, Segments, SignalExport, Signals
from app.linking.services import Services

Route = tuple[str, type[ActorHandler], dict[str, Services]]

TABLE: tuple[tuple[str, type[ActorHandler]], ...] = (
    (r"/healthz", Health),
    (r"/readyz", Ready),
    (r"/assets/(.*)", Assets),
    (r"/api/cases", Cases),
    (r"/api/version", Version),
    (r"/api/bands", Bands),
    (r"/api/genes", Genes),
    (r"/api/population", Population),
    (r"/api/grid", GridPicture),
    (r"/api/rows", Rows),
    (r"/api/place", Place),
    (r"/api/variant", Variant),
    (r"/api/funnel", Funnel),
    (r"/api/why", WhyGone),
    (r"/api/marks", Marks),
    (r"/api/find", Find),
    (r"/api/hpo", Hpo),
    (r"/api/phenotext", Phenotext),
    (r"/api/export", Export),
    (r"/api/signals", Signals),
    (r"/api/segments", Segments),
    (r"/api/arcs", Arcs),
    (r"/api/event", Event),
    (r"/api/detect", Detect),
    (r"/api/signal-export", SignalExport),
)


def routes(services: Services) -> list[Route]:
    """Return the patterns that the server adds beside its pages."""
    return [(pattern, handler, {"services": services}) for pattern, handler in TABLE]
