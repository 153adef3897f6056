"""The gate's report, as it is kept with a version."""

import json

import pytest

from classifier.versions.gate_report import Criterion, GateReport
from tests.classifier.candidates import gate_report


@pytest.mark.parametrize("promote", [True, False])
def test_a_report_comes_back_from_json_as_it_was(promote: bool) -> None:
    """A report of the release before, without reasons, units and a hash, keeps its form."""
    stored = gate_report("champion", "candidate", promote=promote)
    report = GateReport.from_dict(stored)
    assert report.promote is promote
    assert report.photos.total == 626 + 169 + 228
    again = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    criteria = [{**criterion, "reason": "", "unit": "share"} for criterion in stored["criteria"]]
    assert again == {**stored, "criteria": criteria, "photos_sha256": ""}
    assert GateReport.from_dict(again) == report


def test_a_report_of_an_earlier_release_may_lack_anything() -> None:
    """What is not there is empty: the page of an old version still opens."""
    report = GateReport.from_dict({"verdict": "reject", "summary": "Worse.", "criteria": [{}]})
    assert (report.promote, report.summary, report.photos.total) == (False, "Worse.", 0)
    assert report.criteria == (Criterion("", "must", None, None, None, None, None, "", False, ""),)


def test_musts_and_gains_are_told_apart() -> None:
    """Each criterion is one of both, in the order of the report."""
    report = GateReport.from_dict(gate_report("champion", "candidate"))
    assert [criterion.name for criterion in report.musts] == ["recall of Clutches"]
    assert [criterion.name for criterion in report.gains] == ["overall accuracy"]
