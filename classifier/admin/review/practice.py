"""The endpoint of the queue's page for photos to practise on."""

from django.contrib.auth.models import User

from classifier.admin.review.endpoints import Body, endpoint, number_in, verdict_in
from classifier.review.guidance import guidelines, practice
from classifier.wording import in_words


@endpoint
def practise(user: User, body: Body) -> Body:
    """Tell a newcomer at once what is right of a golden photo."""
    feedback = practice.record(
        moderator=user, photo=number_in(body, "photo"), verdict=verdict_in(body)
    )
    card = guidelines.card_of(feedback.truth)
    return {
        "right": feedback.is_right,
        "label": in_words(feedback.truth.label),
        "because": feedback.truth.get_because_display() if feedback.truth.because else "",
        "text": card.text,
        "examples": card.examples,
    }
