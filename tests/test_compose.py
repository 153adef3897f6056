"""docker-compose.yml and the Dockerfile are right as far as that can be said without an engine."""

import os
import platform
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import jsonschema
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from tests import procfile
from tests.compose_file import (
    RequiredVariableError,
    compose_as_written,
    compose_with,
    example_environment,
    filled_example,
    placeholders,
    stages,
)
from tests.environment_read import environment_variables
from tests.repository import REPOSITORY

COMPOSE = compose_with(filled_example())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
# Read by botocore itself, not by our settings.
READ_BY_BOTOCORE = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
BIN = Path(sys.executable).parent


def command_of(service: dict[str, Any]) -> list[str]:
    """What a service of ours runs: its own command, or that of its image."""
    command: list[str] = service.get("command") or stages()[service["build"]["target"]].command()
    return command


def test_the_file_follows_the_compose_specification() -> None:
    """The specification's own JSON schema accepts the file, as written and as filled in."""
    schema = get_builtin_schema("vendor.compose-spec")
    jsonschema.validate(compose_as_written(), schema)
    jsonschema.validate(COMPOSE, schema)


@pytest.mark.parametrize(
    "name",
    [name for name, value in example_environment().items() if not value and "CSRF" not in name],
)
def test_nothing_starts_without_a_secret(name: str) -> None:
    """Each secret left empty stops Compose with a sentence that names the variable."""
    with pytest.raises(RequiredVariableError, match=f"Set {name} in .env"):
        compose_with(filled_example() | {name: ""})


def test_no_password_has_a_default() -> None:
    """Wherever the file takes a secret, it takes it from the environment or refuses."""
    secrets = [p for p in placeholders() if re.search("PASSWORD|SECRET|KEY", p.name)]
    assert len(secrets) > 5
    assert all(placeholder.required for placeholder in secrets)


def test_the_example_names_what_the_file_asks_for() -> None:
    """.env.example has every required variable, and nothing that neither Compose nor we read."""
    asked = {placeholder.name for placeholder in placeholders()}
    required = {placeholder.name for placeholder in placeholders() if placeholder.required}
    named = set(example_environment())
    assert required <= named
    assert named <= asked | set(environment_variables()) | {"COMPOSE_PROFILES"}


@pytest.mark.parametrize("name", OURS)
def test_the_settings_read_every_variable_given_to_a_service(name: str) -> None:
    """No variable is set in vain: a file of the settings or botocore reads each."""
    assert set(OURS[name]["environment"]) <= set(environment_variables()) | READ_BY_BOTOCORE


def test_the_settings_accept_the_environment_of_the_services() -> None:
    """Started with a service's environment, Django finds the database, Redis and the bucket."""
    program = (
        "from slowfashion_ai import settings as s; d = s.DATABASES['default'];"
        "print(d['ENGINE'], d['HOST'], d['PORT'], d['PASSWORD'], s.CELERY_BROKER_URL,"
        " s.STORAGES['bundles']['OPTIONS']['endpoint_url'], s.DEBUG, s.HTTPS, s.ALLOWED_HOSTS)"
    )
    environment = OURS["web"]["environment"] | {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split(maxsplit=8) == [
        "django.db.backends.postgresql", "database", "5432", "filledpostgres_password",
        "redis://:filledredis_password@redis:6379/0", "http://storage:7070", "False", "True",
        "['localhost', 'shop.example']\n",
    ]  # fmt: skip


def test_addresses_name_services_and_the_ports_they_listen_on() -> None:
    """Each host in a URL is a service here, at the port which that service listens on."""
    environment = OURS["web"]["environment"]
    listening = {
        "database": 5432,
        "redis": 6379,
        "storage": int(SERVICES["storage"]["environment"]["VGW_PORT"].lstrip(":")),
    }
    for name in ("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT_URL"):
        address = urlsplit(environment[name])
        assert address.hostname in SERVICES
        assert address.port == listening[address.hostname]


def test_services_that_must_last_do() -> None:
    """Whatever keeps running is restarted and watched; only migrate comes to an end."""
    for name, service in SERVICES.items():
        if name == "migrate":
            assert service["restart"].startswith("on-failure")
        else:
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"], name


def test_services_wait_for_what_they_need() -> None:
    """Every service that another waits for exists, and can be told healthy or completed."""
    for name, service in SERVICES.items():
        for needed, condition in service.get("depends_on", {}).items():
            healthy = condition["condition"] == "service_healthy"
            assert healthy == ("healthcheck" in SERVICES[needed]), (name, needed)


def test_data_lies_in_named_volumes() -> None:
    """Each volume is declared, is used, and is mounted where its program writes."""
    # As long as .env names no folder of the host.
    plain = compose_with(filled_example() | {"BASE_PHOTOS": ""})["services"]
    mounts = {
        (name, *volume.split(":")[:2])
        for name, service in plain.items()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")  # what the checkout or the operator brings
    }
    assert {volume for _, volume, _ in mounts} == set(COMPOSE["volumes"])
    assert ("storage", "photos", SERVICES["storage"]["environment"]["VGW_BACKEND_ARGS"]) in mounts
    cache = Path("/app/var") / settings.BUNDLE_CACHE_DIR.name
    assert ("worker", "bundle-cache", str(cache)) in mounts
    assert ("trainer", "retraining", "/app/var/retraining") in mounts
    assert f"mkdir -p var/{cache.name} var/retraining" in " ".join(stages()["code"].lines)


def test_the_trainer_reads_the_operators_photos_and_cannot_write_them() -> None:
    """The folder that .env names is mounted for reading, where PHOTOS_DIR says."""
    trainer = compose_with(filled_example() | {"BASE_PHOTOS": "/srv/photos"})["services"]["trainer"]
    assert f"/srv/photos:{trainer['environment']['PHOTOS_DIR']}:ro" in trainer["volumes"]
    without = compose_with(filled_example() | {"BASE_PHOTOS": ""})["services"]["trainer"]
    assert without["environment"]["PHOTOS_DIR"] == ""


@pytest.mark.parametrize(
    ("name", "which"), [("worker", {"count": 1}), ("trainer", {"device_ids": ["0"]})]
)
def test_there_is_one_with_a_gpu_and_a_twin_without(name: str, which: dict[str, Any]) -> None:
    """The one reserves an NVIDIA device; its twin is the same without, in the profile cpu."""
    service, twin = dict(SERVICES[name]), dict(SERVICES[f"{name}-cpu"])
    devices = service.pop("deploy")["resources"]["reservations"]["devices"]
    assert devices == [{"driver": "nvidia", "capabilities": ["gpu"], **which}]
    assert twin.pop("profiles") == ["cpu"]
    assert service == twin


@pytest.mark.parametrize("name", OURS)
def test_an_image_can_be_built_for_the_service(name: str) -> None:
    """Its target is a stage of the Dockerfile that runs as a plain user."""
    target = stages()[OURS[name]["build"]["target"]]
    assert target.arguments("USER") == ["app"]


def test_stages_follow_from_stages() -> None:
    """A stage starts from a pinned image or a stage above it, and copies from stages that exist."""
    known = stages()
    for stage in known.values():
        assert stage.base in known or re.fullmatch(r"python:3\.11-slim-\w+", stage.base)
        for line in stage.arguments("COPY"):
            if line.startswith("--from="):
                assert line.removeprefix("--from=").split()[0] in known


def test_every_copied_path_exists_and_reaches_the_builder() -> None:
    """What the Dockerfile copies is in the repository, and .dockerignore lets it through."""
    text = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8")
    let_through = [line[1:].rstrip("/") for line in text.splitlines() if line.startswith("!")]
    for stage in stages().values():
        for path in stage.copied():
            assert (REPOSITORY / path).exists(), path
            assert any(path == kept or fnmatch(path, f"{kept}/*") for kept in let_through), path


def test_the_web_image_holds_no_torch() -> None:
    """The web image installs the packages of web.txt alone, and torch is not among them."""
    assert stages()["web-packages"].copied() == ["requirements/web.txt"]
    text = (REPOSITORY / "requirements" / "web.txt").read_text(encoding="utf-8")
    assert not re.search(r"^(-r|torch)", text, flags=re.MULTILINE)


def test_migrate_runs_commands_that_exist() -> None:
    """Each step of migrate is a management command, and the bundle it registers is copied in."""
    script = command_of(SERVICES["migrate"])[-1]
    steps = re.findall(r"python manage\.py (\w+)", script)
    assert len(steps) == len(script.split("&&"))
    assert set(steps) <= set(get_commands())
    assert "bundles/starter" in script
    assert "bundles/starter" in stages()["web"].copied()


@pytest.mark.parametrize("name", ["worker", "trainer", "scheduler"])
def test_celery_knows_every_option(name: str) -> None:
    """`celery … --help` lists each option that the service gives it."""
    command = command_of(SERVICES[name])
    verb = command.index("slowfashion_ai") + 1
    usage = subprocess.run(
        [BIN / command[0], *command[1 : verb + 1], "--help"],
        env=os.environ | {"DEBUG": "on"},
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    options = [part.split("=")[0] for part in command[verb + 1 :] if part.startswith("--")]
    assert options
    assert all(option in usage for option in options)


def test_gunicorn_accepts_its_configuration() -> None:
    """gunicorn itself finds the application and no fault with the options."""
    command = command_of(SERVICES["web"])
    subprocess.run(
        [BIN / command[0], "--check-config", *command[1:]],
        env=os.environ | {"DEBUG": "on"}, cwd=REPOSITORY, check=True,
    )  # fmt: skip


def test_the_web_service_is_asked_where_it_answers() -> None:
    """Bound, exposed, published and asked for its health: one port, and a path that exists."""
    web = SERVICES["web"]
    command = command_of(web)
    port = command[command.index("--bind") + 1].removeprefix("0.0.0.0:")
    asked = urlsplit(re.findall(r"http://[^']+", web["healthcheck"]["test"][-1])[0])
    assert [port] == stages()["web"].arguments("EXPOSE")
    assert web["ports"] == [f"127.0.0.1:8000:{port}"]
    assert asked.port == int(port)
    assert resolve(asked.path).url_name == "healthz"


def test_every_queue_is_served_by_one_of_worker_and_trainer() -> None:
    """No task can be sent to a queue that nobody listens to; photos never wait for a training."""
    worker, trainer = (queues_of(SERVICES[name]) for name in ("worker", "trainer"))
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert worker | trainer == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert not worker & trainer


def queues_of(service: dict[str, Any]) -> set[str]:
    command = command_of(service)
    return set(command[command.index("--queues") + 1].split(","))


def test_procfile_and_images_run_the_same_worker() -> None:
    """One machine and many run the worker with the same options and the same memory settings."""
    settings, command = procfile.started("worker")
    assert command == stages()["worker"].command()
    assert in_words(settings) == stages()["worker"].arguments("ENV")[-1].split()


def test_procfile_and_image_give_the_web_the_same_memory_settings() -> None:
    """One machine and many give the memory of a cleaned photo back alike."""
    settings, command = procfile.started("web")
    assert command[0] == "gunicorn"
    assert in_words(settings) == stages()["web"].arguments("ENV")[-1].split()


def in_words(settings: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in settings.items()]


PRINT_HUGE_KILOBYTES: Final = (
    "import re, pathlib; print(re.search(r'AnonHugePages: +([0-9]+)',"
    " pathlib.Path('/proc/self/smaps_rollup').read_text())[1])"
)


def skip_without_huge_pages() -> None:
    setting = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if not setting.exists() or "[madvise]" not in setting.read_text(encoding="ascii"):
        pytest.skip("This Linux gives huge pages to nobody, or to everybody.")
    library, version = platform.libc_ver()
    if library != "glibc" or tuple(map(int, version.split("."))) < (2, 35):
        pytest.skip(f"{library or 'This C library'} {version} cannot ask for huge pages.")


def huge_kilobytes(program: str, settings: dict[str, str]) -> int:
    """Return how much of a Python program's memory lies in huge pages at its end."""
    command = [sys.executable, "-c", program]
    return int(subprocess.check_output(command, env=settings, text=True))


@pytest.mark.parametrize("process", ["web", "worker"])
def test_large_memory_lies_in_huge_pages(process: str) -> None:
    """What the Procfile sets has Linux give them, where it gives them to who asks."""
    skip_without_huge_pages()
    program = f"data = bytearray(2**26); {PRINT_HUGE_KILOBYTES}"
    assert huge_kilobytes(program, procfile.started(process).settings) > 2**15
    assert huge_kilobytes(program, {}) == 0


def test_a_workers_objects_lie_in_huge_pages_too() -> None:
    """A million small ones: Python's own allocator would put them into small pages."""
    skip_without_huge_pages()
    program = f"objects = [str(number) for number in range(10**6)]; {PRINT_HUGE_KILOBYTES}"
    settings = procfile.started("worker").settings
    assert huge_kilobytes(program, settings) > 2**15
    assert huge_kilobytes(program, settings | {"PYTHONMALLOC": "pymalloc"}) < 2**15


def test_procfile_and_compose_run_the_same_trainer() -> None:
    """One machine and many run the trainer with the same options."""
    assert procfile.started("trainer").command == SERVICES["trainer"]["command"]
