"""The web application with its stages timed; gunicorn is given it in place of the product's own.

``STRAIGHTFORWARD=on`` cleans photos without any short cut: the reference of
`benchmarks.live.phone`.
"""

import os
from typing import Any

from benchmarks.live import stages
from slowfashion_ai.wsgi import application as product

# After Django's start, which `slowfashion_ai.wsgi` is.
from classifier.photos.cleaning import CleanPhoto  # isort: skip
from classifier.photos.receiving import intake  # isort: skip
from django.core.files.storage import FileSystemStorage  # isort: skip


def _straightforward(data: bytes, *_: Any, **__: Any) -> CleanPhoto:
    # Imported here: the measured product has none of it in its memory.
    from io import BytesIO

    from PIL import Image

    from benchmarks.intake import straightforward

    jpeg = straightforward(data)
    with Image.open(BytesIO(jpeg)) as image:
        return CleanPhoto(jpeg, *image.size)


if os.environ.get("STRAIGHTFORWARD"):
    setattr(intake, "clean_photo", _straightforward)  # noqa: B010  # mypy: it is another module's
stages.wrap(intake, "clean_photo", "clean")
stages.wrap(FileSystemStorage, "_save", "store")
stages.wrap(intake, "_save_rows", "store")
_timed = stages.timed("upload", product)
_started: list[int] = []


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer a request; uploads are timed, the client's questions for tags are not."""
    if os.getpid() not in _started:  # gunicorn forks after it has loaded this
        _started.append(os.getpid())
        stages.write_for_ever()
    is_upload = environ["REQUEST_METHOD"] == "POST" and "/listings/" in environ["PATH_INFO"]
    run = _timed if is_upload else product
    return run(environ, start_response)
