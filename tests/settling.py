"""A moderator who knows the truth, as a process: ``python -m tests.settling TRUTH.json``.

The file says what each photo shows, by its number: a main class, a subclass or neither. The word of
the seller brings wrongly tagged photos into the queue, whose own code settles all that wait.
"""

import json
import os
import sys
from pathlib import Path

import django


def main(file: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slowfashion_ai.settings")
    django.setup()
    from django.contrib.auth.models import User

    from classifier.models import ListingPhoto, Review
    from classifier.review import suggestions
    from tests.true_verdicts import settle_all

    truth = {int(number): label for number, label in json.loads(file.read_text()).items()}
    for photo in ListingPhoto.objects.filter(pk__in=truth).select_related("listing__seller"):
        main_class, sub = truth[photo.pk]
        if main_class is not None and (photo.main, photo.sub) != (main_class, sub):
            suggestions.suggest(seller=photo.listing.seller, photo=photo, main=main_class, sub=sub)
    moderator = User.objects.create_user("moderator-of-this-test", password="a long password")
    settle_all(truth, moderator=moderator)
    sys.stdout.write(f"{Review.objects.count()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
