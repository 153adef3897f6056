"""Fig. 4: recall of the rare subclasses in both phases, the study's bars beside ours."""

from collections.abc import Sequence
from typing import Final

from training import published
from training.evaluation.scoring import truth_of
from training.paper.experiment import Outcomes
from training.paper.figures import recall_of
from training.report.themed import COLOURS, TITLED, Picture

PICTURE_NAME: Final = "fig-4.svg"
MEANING: Final = "Recall of the six rare subclasses in both phases, in per cent."
BAR: Final = 0.2


def draw_recall(outcomes: Outcomes) -> Picture:
    """Draw a group of four bars for each subclass.

    Ours are both on Phase 2's held-out photos; on Phase 1's own, a bar would stand for three.
    """
    truth = truth_of(outcomes.sets.phase_2.validation)
    first = outcomes.phase_1_on_phase_2
    run = outcomes.phase_2[min(outcomes.phase_2)]
    second = run.scores[max(run.scores)]
    names = list(published.RARE_RECALL)
    series: tuple[tuple[str, str, float, Sequence[float | None]], ...] = (
        ("study, Phase 1", "study", 0.45, [published.RARE_RECALL[n][0].recall for n in names]),
        ("study, Phase 2", "study", 1.0, [published.RARE_RECALL[n][1].recall for n in names]),
        ("ours, Phase 1", "accent", 0.45, [recall_of(n, first, truth)[0] for n in names]),
        ("ours, Phase 2", "accent", 1.0, [recall_of(n, second, truth)[0] for n in names]),
    )
    picture = Picture(9.4, 4.2, above=TITLED)
    with picture as axes:
        for position, (label, colour, strength, recalls) in enumerate(series):
            across = [i + (position - 1.5) * BAR for i in range(len(names))]
            heights = [recall or 0.0 for recall in recalls]
            axes.bar(across, heights, 0.9 * BAR, label=label, color=COLOURS[colour], alpha=strength)
            for x, recall in zip(across, recalls, strict=True):
                text = "–" if recall is None else f"{100 * recall:.0f}"
                axes.text(x, (recall or 0) + 0.015, text, ha="center", fontsize=8)
        axes.set_xticks(range(len(names)), names)
        axes.set_ylim(0, 1.08)
        axes.set_ylabel("recall")
        axes.grid(visible=False, axis="x")
        axes.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return picture
