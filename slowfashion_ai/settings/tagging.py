"""Limits of uploads, and how workers tag photos."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from slowfashion_ai.environment import env

PHOTO_MAX_BYTES = env.int("PHOTO_MAX_BYTES", default=20 * 1024 * 1024)
PHOTO_MAX_PIXELS = env.int("PHOTO_MAX_PIXELS", default=60_000_000)
# Of all photos of a listing together; of a JPEG, a quarter of them is counted.
LISTING_MAX_PIXELS = env.int("LISTING_MAX_PIXELS", default=400_000_000)
PHOTOS_PER_LISTING = env.int("PHOTOS_PER_LISTING", default=24)
# To what long side the seller's page makes photos smaller before it sends them; 0: not at all.
BROWSER_LONGEST_SIDE = env.int("BROWSER_LONGEST_SIDE", default=0)
if BROWSER_LONGEST_SIDE and not 1024 <= BROWSER_LONGEST_SIDE <= 8192:
    raise ImproperlyConfigured(
        "BROWSER_LONGEST_SIDE must be 0 or lie between 1024 and 8192 pixels; it is "
        f"{BROWSER_LONGEST_SIDE}."
    )
CLASSIFY_BATCH_SIZE = env.int("CLASSIFY_BATCH_SIZE", default=64)
# A claim that is older belongs to a dead worker.
CLAIM_LEASE = timedelta(seconds=env.int("CLAIM_LEASE_SECONDS", default=120))
# How long reading and decoding the files of a batch may take, and all of its way; a worker whose
# batch takes longer hangs, and ends to be started anew.
READ_SECONDS = env.int("READ_SECONDS", default=90)
BATCH_SECONDS = env.int("BATCH_SECONDS", default=300)
# How long a worker that was told to stop may take; Docker kills it after 60 seconds.
STOP_SECONDS = env.int("STOP_SECONDS", default=45)
CLASSIFY_MAX_ATTEMPTS = env.int("CLASSIFY_MAX_ATTEMPTS", default=5)
SWEEP_EVERY_SECONDS = env.int("SWEEP_EVERY_SECONDS", default=10)
# What runs the network in a worker: `auto` measures at its start, else one engine's name.
ENGINES = (
    "torch-fp32", "torch-bf16", "torch-fp16", "openvino-f32", "openvino-bf16", "onnxruntime-f32",
)  # fmt: skip
ENGINE = env.str("ENGINE", default="auto")
if ENGINE not in ("auto", *ENGINES):
    raise ImproperlyConfigured(
        f"ENGINE must be `auto` or one of {', '.join(ENGINES)}; it is {ENGINE!r}."
    )
# Memory for the trial load of a bundle before it is promoted; 0 leaves the trial out.
TRIAL_LOAD_MB = env.int("TRIAL_LOAD_MB", default=4096)
