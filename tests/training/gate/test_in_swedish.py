"""What the gate says is read in Swedish; what nobody translated is marked as English."""

import dataclasses
from collections.abc import Iterator

import numpy as np
from django.utils import translation

from classifier.ml.figures_mark import WHY_NOT
from classifier.sentences import figure, in_language, phrase
from classifier.versions.gate_report import GateReport
from classifier.versions.stream import Mix, mix_words
from tests.training.gate.streams import cases, rows_of
from training.evaluation.truth import Truth
from training.gate.gate import compare
from training.gate.rules import GateRules


def reports() -> Iterator[GateReport]:
    """Candidates better and worse, alike, with reviews that were mixed up, with few photos."""
    rules = GateRules()
    for number, case in enumerate(cases(12, 11, rules)):
        photos, draw = case.photos, np.random.default_rng(number)
        reviewed = photos.items & (draw.random(len(photos.sub)) < 0.2)
        yield compare(photos, case.champion, case.candidate, rules, reviewed)
        yield compare(photos, case.champion, case.champion, rules)
        shuffled = np.where(reviewed, draw.permutation(photos.sub), photos.sub)
        mixed = dataclasses.replace(photos, sub=shuffled)
        yield compare(mixed, case.champion, case.candidate, rules, mixed.items & reviewed)
        few = np.arange(30)
        fewer = Truth(photos.main[few], photos.sub[few], photos.groups[few])
        yield compare(fewer, rows_of(case.champion, few), rows_of(case.candidate, few), rules)


def test_all_that_the_gate_says_is_in_the_catalogs() -> None:
    """Summaries, figures, bounds and sentences, whatever came of the comparison."""
    english = set()
    with translation.override("sv"):
        for report in reports():
            translations = {report.summary: in_language(report.summary)}
            for each in report.criteria:
                translations[each.sentence] = in_language(each.sentence)
                translations[each.bound] = phrase(each.bound)
                translations[each.name] = figure(each.name)
            english |= {
                text
                for text, swedish in translations.items()
                if swedish == text or "<span" in swedish
            }
    assert english == set()


def test_reasons_that_are_joined_are_said_one_by_one() -> None:
    """Names with "and" around them, and a reason with a comma of its own."""
    summary = (
        "Rejected because recall of High Heels fell by 2.1 points, coverage cannot be compared and "
        "9 of 40 reviewed items are named as the moderators named them, about as many as by chance."
    )
    with translation.override("sv"):
        swedish = in_language(summary)
    assert swedish.replace("\u00ad", "") == (
        "Underkänd eftersom andel funna Högklackade skor sjönk med 2,1 procentenheter, "
        "andel taggade inte kan jämföras och 9 av 40 granskade varor får samma namn som av "
        "moderatorerna, ungefär som av en slump."
    )


def test_what_is_said_of_a_bundle_is_in_the_catalogs() -> None:
    """Why its figures are not shown, and which photos they are of."""
    with translation.override("sv"):
        translations = [
            in_language(text) for text in (*WHY_NOT.values(), mix_words(Mix().as_dict()))
        ]
    assert "<span" not in " ".join(translations)
    assert translations[-1] == "Blandning: 85 % varor, 10 % närliggande bilder, 5 % övriga."


def test_what_has_no_translation_is_marked_as_english() -> None:
    """Sentence by sentence, and nothing in it is taken for HTML."""
    with translation.override("sv"):
        swedish = in_language("It broke <b>here</b>. That is no loss.")
    assert swedish == (
        '<span lang="en">It broke &lt;b&gt;here&lt;/b&gt;.</span> Det är ingen försämring.'
    )
    assert in_language("It broke <b>here</b>.") == "It broke <b>here</b>."
