"""What becomes of a shadow is read in Swedish."""

from django.utils import translation

from classifier.sentences import in_language


def test_verdicts_and_ends_are_in_the_catalogs() -> None:
    """As `rule` and `run` write them, with one reason and with several."""
    texts = (
        "12 of the photos on which both differ were reviewed; it takes 20 to tell which of the two "
        "is right.",
        "1,000 photos cost 1 review more. Dropped because nothing got better.",
        "1,000 photos cost the same number of reviews as with the champion. Dropped because a rise "
        "of up to 1,012 reviews per 1,000 photos cannot be excluded, and at most 14 is allowed, it "
        "tags 16.0 points fewer photos and rejection of others fell by 7.1 points.",
        "1,000 photos cost 48 reviews fewer. Chance does not explain that. The candidate alone is "
        "right on 30 photos, the champion alone on 9. No guard is broken.",
        "Called off by anna.", "newer became the champion meanwhile.",
        "Workers loaded it 3 times and ended before it had tagged a photo. Look into their logs; "
        "there may be too little memory for two models.",
        "21 photos could not be scored by newer, or ended their worker. Look into the workers' "
        "logs.",
    )  # fmt: skip
    with translation.override("sv"):
        translations = [in_language(text) for text in texts]
    assert [text for text in translations if "<span" in text] == []
    assert (
        "och högst 14 är tillåtet, den taggar 16,0 procentenheter färre bilder och"
        in translations[2]
    )
