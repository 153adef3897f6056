"""The stages of a photo's way in a worker, and the buckets in which their times are counted."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from prometheus_client.core import HistogramMetricFamily

from classifier.models import Heartbeat

# wait: of a photo, from upload to claim; the others of a batch.
STAGES: Final = ("wait", "read", "predict", "store")
BOUNDS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)


def histograms(name: str, workers: list[Heartbeat]) -> Iterator[HistogramMetricFamily]:
    """Yield one histogram a stage and worker, from what the workers' rows say."""
    family = HistogramMetricFamily(
        name, "wait: of photos from upload to claim; else of batches.", labels=["stage", "worker"]
    )
    bounds = [*map(str, BOUNDS), "+Inf"]
    for worker in workers:
        # A worker of an older release has none.
        for stage, seen in worker.stages.items():
            counts = list(accumulate(seen["counts"]))
            if len(counts) == len(bounds):
                family.add_metric(
                    [stage, worker.name], list(zip(bounds, counts, strict=True)), seen["sum"]
                )
    yield family
