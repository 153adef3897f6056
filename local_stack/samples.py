"""The drawn sample photos and what each of them shows."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local_stack.processes import REPOSITORY

SAMPLES: Final = REPOSITORY / "samples"


@dataclass(frozen=True, slots=True)
class SamplePhoto:
    """A photo and its right answer; ``main`` is empty where it shows none of our goods."""

    path: Path
    title: str
    main: str
    sub: str

    @property
    def expected(self) -> str:
        """The tag a careful person would give, as the API writes tags."""
        if not self.main:
            return "Unknown/Others"
        return f"{self.main} › {self.sub}" if self.sub else self.main

    def fits(self, photo: Mapping[str, Any]) -> bool:
        """Return whether the API's answer for the photo is the right one."""
        given = (photo["main"] or "", photo["sub"] or "")
        return photo["status"] == "classified" and given == (self.main, self.sub)


def read_samples(folder: Path = SAMPLES) -> list[SamplePhoto]:
    """Return the samples that ``samples.csv`` lists, in its order."""
    with (folder / "samples.csv").open(encoding="utf-8", newline="") as file:
        return [
            SamplePhoto(folder / "photos" / row["file"], row["title"], row["main"], row["sub"])
            for row in csv.DictReader(file)
        ]


def by_listing(samples: Sequence[SamplePhoto], size: int) -> list[tuple[str, list[SamplePhoto]]]:
    """Group samples with the same title into listings of at most ``size`` photos."""
    groups: dict[str, list[SamplePhoto]] = defaultdict(list)
    for sample in samples:
        groups[sample.title].append(sample)
    return [
        (title, group[start : start + size])
        for title, group in groups.items()
        for start in range(0, len(group), size)
    ]
