"""How long a retraining takes on this machine: the first one, and one for new reviews alone.

``PHOTOS_DIR=DIR python -m benchmarks.retraining`` registers the starter model in a temporary
folder, lets sellers upload photos (its training photos, each seen from another side) and a
moderator settle them, and runs ``manage.py retrain`` as an operator would. Then as many photos
again are uploaded and settled, and a second retraining finds the first one's features. The tags
that the photos are settled from are written down, not made by a model: a retraining does not look
at them. The reference is half an hour, which no retraining may take.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageEnhance

from benchmarks.repository import REPOSITORY, STARTER
from classifier.photos.decoding import FORMATS

MOST_MINUTES: Final = 30
STAGE: Final = re.compile(r"Retraining \d+, (.+): (\d+) s, (\d+) s of processor time")


def main() -> None:
    """Upload, settle and retrain, twice; print what each stage took."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--photos", type=Path, default=os.environ.get("PHOTOS_DIR"))
    parser.add_argument("--reviews", type=int, default=2000)
    arguments = parser.parse_args()
    if arguments.photos is None:
        parser.error("Name the photos of the starter model with --photos or PHOTOS_DIR.")
    photos = Path(arguments.photos).resolve()
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ, "VAR_DIR": folder, "DEBUG": "on", "REDIS_URL": "redis+socket:///none",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "S3_BUCKET": "",
            "LOG_LEVEL": "INFO", "DJANGO_SETTINGS_MODULE": "slowfashion_ai.settings",
        }  # fmt: skip
        _manage(env, "migrate", "--verbosity", "0")
        _manage(env, "register_model", str(STARTER), "--promote")
        for seed, which in enumerate(("first", "later")):
            code = (
                "from benchmarks import retraining; from pathlib import Path; "
                f"retraining.review(Path({str(photos)!r}), {arguments.reviews}, {seed})"
            )
            subprocess.run(  # noqa: S603  # ourselves
                [sys.executable, "-c", code], cwd=REPOSITORY, check=True,
                env=env | {"LOG_LEVEL": "ERROR"},  # else every upload warns that no broker is there
            )  # fmt: skip
            began = time.monotonic()
            log = _manage(env, "retrain", "--photos", str(photos))
            _print(which, STAGE.findall(log), (time.monotonic() - began) / 60)


def _manage(env: dict[str, str], *arguments: str) -> str:
    """Run a command of manage.py; show its log as it comes, and return it."""
    command = [sys.executable, "manage.py", *arguments]
    with subprocess.Popen(  # noqa: S603  # ourselves
        command, env=env, cwd=REPOSITORY, text=True, stderr=subprocess.PIPE
    ) as process:
        lines = []
        for line in process.stderr or ():
            sys.stderr.write(line)
            lines.append(line)
    if process.returncode:
        raise SystemExit(f"manage.py {arguments[0]} ended with {process.returncode}; see above.")
    return "".join(lines)


def review(photos: Path, count: int, seed: int) -> None:
    """Upload that many training photos of the starter model, changed, and settle every one."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import SimpleUploadedFile

    from classifier.photos.receiving import intake
    from tests.true_verdicts import settle_all
    from training.data.folder import read_photos
    from training.data.splits.split import stratified_split

    rng = random.Random(seed)  # noqa: S311  # pictures, not secrets
    train = stratified_split(read_photos(photos), seed=0).train
    seller, _ = User.objects.get_or_create(username="seller")
    truth = {}
    for sample in rng.sample(train, count):
        file = SimpleUploadedFile(sample.path.name, changed(sample.path, rng), "image/jpeg")
        listing = intake.receive_listing(seller=seller, title="A product", uploads=[file]).listing
        truth[listing.photos.get().pk] = (sample.main, sample.sub)
    _tag()
    moderator, _ = User.objects.get_or_create(username="moderator")
    settle_all(truth, moderator=moderator)


def changed(path: Path, rng: random.Random) -> bytes:
    """Return the photo as if it were taken again: mirrored, nearer, tilted, in another light."""
    with Image.open(path, formats=FORMATS) as photo:
        image = photo.convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    left, top, right, bottom = (rng.uniform(0.0, 0.15) for _ in range(4))
    width, height = image.size
    box = (left * width, top * height, (1 - right) * width, (1 - bottom) * height)
    scale = rng.choice((640, 960, 1200)) / max(box[2] - box[0], box[3] - box[1])
    size = (round((box[2] - box[0]) * scale), round((box[3] - box[1]) * scale))
    image = image.resize(size, Image.Resampling.BICUBIC, box)
    image = image.rotate(rng.uniform(-8, 8), fillcolor=image.getpixel((0, 0)))
    image = ImageEnhance.Brightness(image).enhance(rng.uniform(0.75, 1.25))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _tag() -> None:
    """Store for every pending photo that the model is not sure of anything."""
    from classifier.decision import Scores, Thresholds, decide
    from classifier.models import ModelVersion
    from classifier.tagging import queue
    from classifier.tagging.results import Tagged
    from classifier.taxonomy import MAIN_CLASSES, SUBCLASSES

    scores = Scores(
        main=dict.fromkeys(MAIN_CLASSES, 1 / len(MAIN_CLASSES)),
        sub=dict.fromkeys(SUBCLASSES, 1 / len(SUBCLASSES)),
        novelty=0.0,
    )
    tag = Tagged(scores, decide(scores, Thresholds()))
    champion = ModelVersion.objects.get(state=ModelVersion.State.CHAMPION)
    while photos := queue.claim_photos(limit=100):
        queue.store_results(photos=photos, results=[tag] * len(photos), version=champion)


def _print(which: str, stages: Sequence[tuple[str, str, str]], minutes: float) -> None:
    lines = [f"{'The ' + which + ' retraining':<32}{'seconds':>9}{'of processors':>15}"]
    lines += [f"{stage:<32}{wall:>9}{processors:>15}" for stage, wall, processors in stages]
    kept = "less" if minutes < MOST_MINUTES else "MORE"
    lines.append(f"In all {minutes:.1f} minutes, {kept} than {MOST_MINUTES}.")
    sys.stdout.write("\n" + "\n".join(lines) + "\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
