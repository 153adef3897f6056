"""Plans: more photos need more, and nonsense is refused."""

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from classifier.capacity.plan import Load, Plan, Prices, Wishes, plan_for
from classifier.capacity.service_times import ServiceTimes, ServiceTimesError, read_times

PRICES = Prices(core_hour=0.05, gpu_hour=1.0, gigabyte_month=0.02)


def planned(photos: int, times: ServiceTimes | None = None, **wishes: Any) -> Plan:
    load = Load(photos, peak=4.0)
    return plan_for(load, times or ServiceTimes(), Wishes(**wishes), PRICES)


def test_a_plan_holds_what_was_asked_of_it() -> None:
    """At every size nobody waits for longer than asked, and nothing is busier than allowed."""
    for photos in (1, 10_000, 3_000_000, 100_000_000):
        plan = planned(photos, web_wait=0.1, queue_wait=0.5, most_busy=0.7)
        assert plan.web.wait(0.95) <= 0.1
        assert plan.workers.wait(0.95) <= 0.5
        assert max(plan.web.utilisation, plan.workers.utilisation) <= 0.7
        assert plan.cores * 0.05 * 730 < plan.cost_a_month


def test_a_photo_s_time_decides_how_many_workers_there_are() -> None:
    """463 photos a second of 61 ms are 28.2 cores' work: 36 cores in workers of 4, 80 % busy."""
    plan = planned(10_000_000, ServiceTimes(read=0.012, network=0.047, store=0.002))
    assert plan.load.peak_rate == pytest.approx(462.96, abs=0.01)
    assert (plan.workers.servers, plan.worker_cores, plan.gpus) == (9, 36, 0)


def test_a_gpu_leaves_reading_to_the_cores() -> None:
    """With GPUs, one worker each, the cores still read and store what the GPUs take."""
    plan = planned(100_000_000, dataclasses.replace(ServiceTimes(), gpu=0.0006))
    assert plan.gpus == plan.workers.servers == 4
    assert plan.worker_cores >= plan.load.peak_rate * 0.008


def test_photos_that_are_kept_for_longer_need_more_storage() -> None:
    """Ten days of a million photos of 0.7 MB are 7 TB."""
    assert planned(1_000_000, keep_days=10).stored_gigabytes == pytest.approx(7000)


@pytest.mark.parametrize(
    ("photos", "peak"), [(0, 4.0), (100_000_001, 4.0), (1000, 0.5), (1000, float("nan"))]
)
def test_a_load_without_meaning_is_refused(photos: int, peak: float) -> None:
    """The sentence says which number was expected."""
    with pytest.raises(ValueError, match="between 1 and"):
        Load(photos, peak)


def test_a_phone_s_photos_say_what_intake_takes(tmp_path: Path) -> None:
    """The benchmark of phone photos gives the web process's time, of the first kind: JPEGs."""
    file = tmp_path / "phone.json"
    kinds = {"JPEG": {"ours": {"intake": 62.0}}, "HEIC": {"ours": {"intake": 430.0}}}
    file.write_text(json.dumps({"kinds": kinds}), encoding="utf-8")
    assert read_times([file]).web == pytest.approx(0.062)


def test_a_benchmark_s_file_replaces_the_documented_times(tmp_path: Path) -> None:
    """What the file measured counts, what it does not say is as documented."""
    file = tmp_path / "pipeline.json"
    file.write_text(json.dumps({"service_ms": {"network": 17.0}}), encoding="utf-8")
    times = read_times([file])
    assert times.network == pytest.approx(0.017)
    assert times.web == ServiceTimes().web
    assert str(file) in times.source


@pytest.mark.parametrize(
    "content",
    ["{", "{}", "[]", '{"kinds": {}}', '{"kinds": {"JPEG": 3}}', '{"service_ms": {"network": -1}}'],
)
def test_a_file_that_is_no_benchmark_s_is_refused(tmp_path: Path, content: str) -> None:
    """Neither a traceback nor a plan that rests on nothing."""
    file = tmp_path / "pipeline.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ServiceTimesError, match=r"pipeline\.json"):
        read_times([file])


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("capacity", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_what_a_load_needs(settings: Any, tmp_path: Path) -> None:
    """Options replace measured times; GPUs appear once their time is given."""
    settings.VAR_DIR = tmp_path
    text = run("--photos-per-day", "100000000", "--gpu-ms", "0.6", "--web-ms", "40")
    lines = dict(line.split("  ", 1) for line in text.splitlines())
    assert lines["GPUs"].strip() == "4"
    assert "40 ms a photo" in lines["Web processes"]
    assert "PB of files" in lines["Storage, 365 days"]
    assert "the options" in lines["Service times"]


def test_the_command_refuses_in_a_sentence(settings: Any, tmp_path: Path) -> None:
    """No traceback for a number out of range."""
    settings.VAR_DIR = tmp_path
    with pytest.raises(CommandError, match="Photos a day lie between"):
        run("--photos-per-day", "0")
    with pytest.raises(CommandError, match="A price is 0 or more"):
        run("--photos-per-day", "10", "--price-core-hour", "-1")
