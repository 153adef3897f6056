"""`make sbom` lists what the locks pin; `make audit` finds what an advisory names."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from requirements.audit import AdvisoriesError, find, read_advisories
from requirements.locks import NAMES, Pin, read_lock
from requirements.sbom import sbom
from tests.repository import REPOSITORY


def advisory(name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges}
    return {"id": "OSV-1", "summary": "It reads too far.", "affected": [affected], **more}


def is_found(version: str, *events: dict[str, str], **more: Any) -> bool:
    return bool(find([Pin("pillow", version, ())], [advisory("Pillow", *events, **more)]))


@pytest.mark.parametrize("name", NAMES)
def test_every_package_of_a_lock_is_in_its_list(name: str) -> None:
    """With version, address and hashes, and the same text for the same lock."""
    pins = read_lock(name)
    lines = (REPOSITORY / "requirements" / f"{name}.txt").read_text().splitlines()
    assert len(pins) == sum("==" in line and not line.startswith((" ", "#")) for line in lines)
    assert all(pin.sha256 for pin in pins)
    text = sbom(name, pins)
    assert text == sbom(name, pins)
    document = json.loads(text)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    listed = {(part["name"], part["version"]): part for part in document["components"]}
    assert set(listed) == {(pin.name, pin.version) for pin in pins}
    pin = pins[0]
    part = listed[pin.name, pin.version]
    assert part["purl"] == f"pkg:pypi/{pin.name}@{pin.version}"
    assert {digest["content"] for digest in part["hashes"]} == set(pin.sha256)
    needs = {entry["ref"]: entry.get("dependsOn", []) for entry in document["dependencies"]}
    (rest,) = (ref for ref in needs if ref.startswith("pkg:pypi/djangorestframework@"))
    assert any(ref.startswith("pkg:pypi/django@") for ref in needs[rest])


def test_a_version_is_found_from_its_fault_to_its_repair() -> None:
    """The first version with the fault is, the one that mends it is not; nor are others."""
    events = {"introduced": "9.0"}, {"fixed": "10.2"}
    assert [is_found(v, *events) for v in ("8.9", "9.0", "10.1.9", "10.2")] == [
        False, True, True, False,
    ]  # fmt: skip
    last = {"introduced": "0"}, {"last_affected": "10.2"}
    assert [is_found(v, *last) for v in ("1", "10.2", "10.2.1")] == [True, True, False]
    again = {"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}
    assert [is_found(v, *again) for v in ("1.5", "2.5", "3")] == [True, False, True]


def test_other_packages_and_withdrawn_advisories_are_not_found() -> None:
    """Names are compared as pip does, and an advisory that was taken back is none."""
    events = ({"introduced": "0"},)
    assert is_found("9", *events)
    assert not is_found("9", *events, withdrawn="2026-01-01T00:00:00Z")
    assert not find([Pin("pillow-heif", "1", ())], [advisory("Pillow", *events)])


def test_the_command_reads_a_zip_and_says_what_to_do(tmp_path: Path) -> None:
    """It ends with 1 where something was found, and names the version that mends it."""
    pin = next(pin for pin in read_lock("web") if pin.name == "django")
    fixed = f"{pin.version}.1"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        advisories = advisory("Django", {"introduced": "1"}, {"fixed": fixed})
        archive.writestr("OSV-1.json", json.dumps(advisories))
        archive.writestr("OSV-2.json", json.dumps(advisory("unheard-of", {"introduced": "0"})))
    done = subprocess.run(
        [sys.executable, "-m", "requirements.audit", tmp_path / "all.zip"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert f"django {pin.version}: OSV-1, mended in {fixed}. It reads too far." in done.stdout
    assert "2 advisories were looked through." in done.stdout


def test_what_is_no_list_of_advisories_is_refused(tmp_path: Path) -> None:
    """A silent nothing would read as all well."""
    with pytest.raises(AdvisoriesError, match="has no JSON file"):
        list(read_advisories(tmp_path))
    (tmp_path / "a.json").write_text('{"name": "x"}')
    with pytest.raises(AdvisoriesError, match="without an `id`"):
        list(read_advisories(tmp_path / "a.json"))
    (tmp_path / "a.json").write_text("<html>")
    with pytest.raises(AdvisoriesError, match="is no JSON"):
        list(read_advisories(tmp_path))
    with pytest.raises(AdvisoriesError, match="cannot be read"):
        list(read_advisories(tmp_path / "missing.zip"))
