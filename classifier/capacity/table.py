"""A plan in lines for a terminal."""

from classifier.capacity.plan import SHARE, Plan, Prices, Wishes
from classifier.capacity.queueing import Queue
from classifier.capacity.service_times import ServiceTimes


def table(plan: Plan, times: ServiceTimes, wishes: Wishes, prices: Prices) -> str:
    """Return what a load needs, a line for each part."""
    load = plan.load
    rows = [
        ("Photos a second", f"{load.mean_rate:,.1f} on average, {load.peak_rate:,.1f} at the peak"),
        ("Web processes", _of(plan.web, f"{1000 * times.web:.0f} ms a photo, one core each")),
        ("Workers", _of(plan.workers, _worker(plan, times, wishes))),
        ("GPUs", f"{plan.gpus:,}" if plan.gpus else "none"),
        (
            "Cores",
            f"{plan.cores:,}: {plan.web_cores:,} web, {plan.worker_cores:,} workers, "
            f"{plan.database_cores:,} database; {plan.machines:,} "
            f"{'machine' if plan.machines == 1 else 'machines'} of {wishes.machine_cores}",
        ),
        ("Wait for a web process", _wait(plan.web)),
        ("Wait for a worker", _wait(plan.workers)),
        ("Upload to tag", f"{_seconds(_to_tag(plan, times, wishes))} on average at the peak"),
        ("Row writes at the peak", f"{plan.row_writes:,.0f} a second"),
        ("Uploads at the peak", f"{plan.upload_megabits:,.0f} Mbit a second"),
        (
            f"Storage, {wishes.keep_days} days",
            f"{_gigabytes(plan.stored_gigabytes)} of files, "
            f"{_gigabytes(plan.database_gigabytes)} of rows and indexes",
        ),
        (
            "Cost a month",
            f"{plan.cost_a_month:,.0f} at {prices.core_hour:g} a core-hour, {prices.gpu_hour:g} a "
            f"GPU-hour, {prices.gigabyte_month:g} a GB-month",
        ),
        ("Service times", times.source),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def _of(queue: Queue, each: str) -> str:
    return f"{queue.servers:,}, {100 * queue.utilisation:.0f} % busy at the peak; {each}"


def _worker(plan: Plan, times: ServiceTimes, wishes: Wishes) -> str:
    if plan.gpus:
        return f"{1000 * times.gpu:.2g} ms a photo, one GPU each"
    return f"{1000 * times.worker:.0f} ms of a core a photo, {wishes.worker_cores} cores each"


def _wait(queue: Queue) -> str:
    return (
        f"{_seconds(queue.mean_wait)} on average, {_seconds(queue.wait(SHARE))} for "
        f"{100 * SHARE:.0f} of 100 at most"
    )


def _to_tag(plan: Plan, times: ServiceTimes, wishes: Wishes) -> float:
    """Return the mean seconds from a received upload to its tag: two waits, and the work itself."""
    network = times.gpu if plan.gpus else times.network / wishes.worker_cores
    waits = plan.web.mean_wait + plan.workers.mean_wait
    return waits + times.web + times.worker_without_network + network


def _seconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _gigabytes(amount: float) -> str:
    for size, unit in ((1e6, "PB"), (1e3, "TB")):
        if amount >= size:
            return f"{amount / size:,.1f} {unit}"
    return f"{amount:,.1f} GB"
