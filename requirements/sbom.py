"""`python -m requirements.sbom`: write what is inside as CycloneDX, one file a lock.

The files are the same for the same locks: they bear no time and no random number.
"""

import argparse
import json
import sys
import uuid
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from requirements.locks import FOLDER, NAMES, Pin, read_lock


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m requirements.sbom", description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER.parent / "var" / "sbom")
    folder: Path = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        path = folder / f"{name}.cdx.json"
        pins = read_lock(name)
        path.write_text(sbom(name, pins) + "\n", encoding="utf-8")
        sys.stdout.write(f"{path}: {len(pins)} packages\n")


def sbom(name: str, pins: list[Pin]) -> str:
    """Return the pins of a lock as CycloneDX 1.6, JSON."""
    of_pin = {pin: _component(pin) for pin in pins}
    root = Component(
        name=f"slowfashion-ai-{name}", type=ComponentType.APPLICATION, bom_ref=f"slowfashion-{name}"
    )
    bom = Bom(components=of_pin.values())
    bom.metadata.component = root
    bom.register_dependency(root, [part for pin, part in of_pin.items() if not pin.via])
    for pin, component in of_pin.items():
        asked = [part for other, part in of_pin.items() if pin.name in other.via]
        bom.register_dependency(component, asked)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, repr(pins))
    outputter = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6)
    document = json.loads(outputter.output_as_string())
    del document["metadata"]["timestamp"]
    return json.dumps(document, indent=2)


def _component(pin: Pin) -> Component:
    url = PackageURL("pypi", name=pin.name, version=pin.version)
    return Component(
        name=pin.name, version=pin.version, purl=url, bom_ref=str(url),
        type=ComponentType.LIBRARY,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in pin.sha256],
    )  # fmt: skip


if __name__ == "__main__":
    main()
