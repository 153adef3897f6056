"""A process that has the large libraries loaded, and forks for each Python program of the tests.

Torch, Celery and Django cost a program two to three seconds of processor time to load, and a run
starts hundreds of programs. Only other people's libraries are loaded ahead: settings and our own
code each program reads by itself, with its own environment, as if it had been started plainly.
"""

import atexit
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final, NoReturn

# What needs no settings of Django when it is loaded.
LIBRARIES: Final = (
    "torch", "numpy", "scipy.optimize", "scipy.stats", "sklearn.linear_model", "sklearn.metrics",
    "safetensors.torch", "PIL.Image", "PIL.JpegImagePlugin", "PIL.ImageCms", "pillow_heif",
    "celery.app", "celery.apps.worker", "celery.apps.beat", "celery.bin.celery",
    "celery.worker.consumer", "celery.concurrency.thread", "kombu.transport.redis", "redis",
    "psycopg", "environ", "requests", "boto3", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread",
    "django.core.management", "django.db.models", "django.db.backends.sqlite3.base",
    "django.db.backends.postgresql.base", "django.core.handlers.wsgi", "django.template.loader",
    "django.test", "django.contrib.admin", "django.contrib.admindocs.views",
    "django.contrib.auth.management", "django.contrib.postgres.fields",
    "django.contrib.staticfiles.apps", "django.core.cache.backends.redis", "django.views.i18n",
    "rest_framework.serializers", "rest_framework.permissions", "drf_spectacular.utils",
    "celery.fixups.django", "prometheus_client", "pythonjsonlogger.json", "uritemplate", "segno",
    "whitenoise", "pygments.formatters.html", "inflection", "django_otp.oath",
)  # fmt: skip
REQUEST_BYTES: Final = 1_000_000


@dataclass(frozen=True)
class Request:
    """A program to run, and the files that it writes its output and its errors to."""

    command: list[str]
    environment: dict[str, str]
    folder: str
    files: list[int]


def main() -> None:
    """Serve on the Unix socket that the first argument names; in a fork, run the program."""
    for library in LIBRARIES:
        import_module(library)
    gc.collect()
    gc.freeze()  # so that a fork's collector does not copy every page
    with socket.socket(socket.AF_UNIX) as listener:
        # Its name is there once it can be connected to.
        listener.bind(f"{sys.argv[1]}.new")
        listener.listen()
        Path(f"{sys.argv[1]}.new").rename(sys.argv[1])
        request = _serve(listener)
    _become(request)
    try:
        _run(request.command)
    except SystemExit as end:
        _leave(end.code)
    _leave(None)


def _serve(listener: socket.socket) -> Request:
    """Fork for each request, and tell how each fork ended; return, in a fork, its request."""
    wake_up, written = socket.socketpair()
    for end in (wake_up, written):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(written.fileno())
    running: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(wake_up, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is wake_up:
                    wake_up.recv(4096)
                    _tell_ends(running)
                    continue
                connection, _ = listener.accept()
                data, files, _, _ = socket.recv_fds(connection, REQUEST_BYTES, 2)
                if (number := os.fork()) == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    for other in (connection, wake_up, written, *running.values()):
                        other.close()
                    return Request(**json.loads(data), files=files)
                for file in files:
                    os.close(file)
                running[number] = connection
                connection.sendall(f"{number}\n".encode())


def _tell_ends(running: dict[int, socket.socket]) -> None:
    with suppress(ChildProcessError):  # there is none left
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            with running.pop(ended[0]) as connection, suppress(BrokenPipeError):
                connection.sendall(f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())


def _become(request: Request) -> None:
    """Take over folder, environment and output as a program started plainly has them."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in enumerate((nothing, *request.files)):
        os.dup2(source, target)
        os.close(source)
    os.chdir(request.folder)
    with suppress(OSError):  # Linux alone has it
        Path("/proc/self/comm").write_text(Path(request.command[0]).name[:15])
    os.environ.clear()
    os.environ.update(request.environment)
    if folders := request.environment.get("PYTHONPATH"):
        sys.path[1:1] = folders.split(os.pathsep)
        import_module("sitecustomize")


def _run(command: list[str]) -> None:
    if command[0] == sys.executable:
        command = command[1:]
    if command[0] == "-c":
        sys.argv = ["-c", *command[2:]]
        main_module = ModuleType("__main__")
        sys.modules["__main__"] = main_module
        exec(command[1], main_module.__dict__)  # noqa: S102  # as `python -c` does
        return
    if command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
        return
    sys.argv = command
    sys.path[0] = str(Path(command[0]).resolve().parent)
    runpy.run_path(command[0], run_name="__main__")


def _leave(code: str | int | None) -> NoReturn:
    """End a fork as `multiprocessing` does: with its threads and exit functions, and no more.

    Python would take every module apart, and each object of the libraries lies on a page that the
    fork shares with the server until it is touched: over half a second of processor time.
    """
    if code is not None and not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # as `multiprocessing` calls it
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    main()
