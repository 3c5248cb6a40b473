"""Made-up cases with a truth table: a trio, a tumour with its normal, a cohort."""

from data_layer.simulate.cohort import simulate_cohort
from data_layer.simulate.report import SimulationReport
from data_layer.simulate.trio import simulate_trio
from data_layer.simulate.tumour import simulate_tumour

__all__ = ["SimulationReport", "simulate_cohort", "simulate_trio", "simulate_tumour"]
