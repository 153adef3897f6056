"""What the gate goes by: the price of a wrong tag, the stream, and the margins."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from classifier.versions.stream import DEFAULT_MIX, Mix

# A loss that chance does not explain blocks from this share of its margin on.
IF_CERTAIN: Final = 1 / 3


@dataclass(frozen=True, slots=True)
class GateRules:
    """The settings of the gate; docs/retraining.md says what each catches.

    Attributes:
        wrong_tag: reviews that a wrong tag is worth.
        mix: shares of the stream that costs are for.
        cost: how much dearer a candidate may be, as a share of the champion's cost; anything above
            must be excluded.
        recall: by how much the recall of a subclass may fall, 0 to 1.
        coverage: by how much the share of items that get a tag may fall, 0 to 1.
        rejection: by how much fewer of the others may end as unknown, 0 to 1.
        overconfidence: by how much overconfidence may rise, 0 to 1.

    Raises:
        ValueError: if a number makes no sense.
    """

    wrong_tag: float = 10.0
    mix: Mix = field(default=DEFAULT_MIX)
    cost: float = 0.05
    recall: float = 0.10
    coverage: float = 0.15
    rejection: float = 0.05
    overconfidence: float = 0.03

    def __post_init__(self) -> None:
        if not 1 <= self.wrong_tag <= 1000:
            raise ValueError(
                f"A wrong tag is worth 1 to 1,000 reviews; it is set to {self.wrong_tag:g}."
            )
        for name in ("cost", "recall", "coverage", "rejection", "overconfidence"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(
                    f"The gate's margin of {name} lies between 0 and 1; it is "
                    f"{getattr(self, name):g}."
                )


class GateSettings(Protocol):
    """The settings that the rules are taken from."""

    GATE_WRONG_TAG_COST: float
    GATE_COST_MARGIN: float
    GATE_RECALL_MARGIN: float
    GATE_COVERAGE_MARGIN: float
    GATE_REJECTION_MARGIN: float
    GATE_OVERCONFIDENCE_MARGIN: float
    STREAM_MIX: str


def rules_of(settings: GateSettings) -> GateRules:
    """Return the rules that the project's settings name; margins there are points or per cent.

    Raises:
        ValueError: if a setting makes no sense.
    """
    return GateRules(
        wrong_tag=settings.GATE_WRONG_TAG_COST,
        mix=Mix.parse(settings.STREAM_MIX),
        cost=settings.GATE_COST_MARGIN / 100,
        recall=settings.GATE_RECALL_MARGIN / 100,
        coverage=settings.GATE_COVERAGE_MARGIN / 100,
        rejection=settings.GATE_REJECTION_MARGIN / 100,
        overconfidence=settings.GATE_OVERCONFIDENCE_MARGIN / 100,
    )
