"""The proxy of docker-compose.yml on this machine: nginx before a site."""

import getpass
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local_stack.processes import free_port
from tests.repository import REPOSITORY
from tests.servers.processes import Program, wait_until

NGINX: Final = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
NO_NGINX: Final = "There is no nginx here; on Debian and Ubuntu: apt install nginx-light"


@contextmanager
def nginx_before(site_port: int, folder: Path, *, monitor_port: int | None = None) -> Iterator[str]:
    """Start nginx with the repository's configuration and a certificate of its own.

    Args:
        site_port: of this machine, where the site answers.
        folder: for its files, which are not removed.
        monitor_port: where the monitor answers; without one the site speaks for it.

    Yields:
        The address where it answers.
    """
    assert NGINX is not None, NO_NGINX
    port = free_port()
    _write_certificate(folder)
    (folder / "nginx.conf").write_text(
        _configuration(site_port, monitor_port or site_port, port, folder)
    )
    # Else root's nginx would work as somebody who may not write in the folder.
    directives = f"daemon off; user {getpass.getuser()};"
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", directives]
    server = Program("nginx", command, folder, {"PATH": "/usr/sbin:/usr/bin:/bin"})
    server.start()
    try:
        wait_until(lambda: _accepts(port) or not server.runs, what="nginx listens")
        assert server.runs, server.log
        yield f"https://127.0.0.1:{port}"
    finally:
        server.kill()


def _configuration(site_port: int, monitor_port: int, port: int, folder: Path) -> str:
    text = (REPOSITORY / "proxy" / "nginx.conf").read_text()
    temporary = "/tmp/"  # noqa: S108  # of the configuration, to be replaced
    for before, after in [
        ("web:8000", f"127.0.0.1:{site_port}"), ("listen 80 ", f"listen {free_port()} "),
        ("monitor:9100", f"127.0.0.1:{monitor_port}"),
        ("listen 443 ", f"listen {port} "), (temporary, f"{folder}/"), ("/tls/", f"{folder}/"),
    ]:  # fmt: skip
        assert before in text
        text = text.replace(before, after)
    return text


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(tz=UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, form, none))
