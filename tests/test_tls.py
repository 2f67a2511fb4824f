"""The server over HTTPS."""

from __future__ import annotations

import errno
import select
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.processes import PRODUCER, certificate, running
from tests.transfers import content, create, upload


def reset(url: str, cert: Path) -> int:
    """Set a fault that resets a connection, ask something over TLS, and return how the connection ended."""
    rule = {"effect": {"reset": True}, "times": 1}
    assert requests.post(f"{url}/_emulator/faults", json=rule, timeout=5).status_code == 201
    where, ended = urlsplit(url), select.poll()
    plain = socket.create_connection((where.hostname, where.port), timeout=5)
    context = ssl.create_default_context(cafile=cert)
    with context.wrap_socket(plain, server_hostname=where.hostname) as connection:
        connection.sendall(b"GET /versions HTTP/1.1\r\nHost: localhost\r\n\r\n")
        ended.register(connection, select.POLLHUP)
        ended.poll(5000)
        return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def test_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path, "subjectAltName=IP:127.0.0.1")
    state = str(tmp_path / "state")
    with running(
        "serve", "--port", "0", "--auth", "trusted", "--state", state, "--tls-cert", str(cert), "--tls-key", str(key)
    ) as process:
        url = process.url()
        assert url.startswith("https://127.0.0.1:")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cert))
        image_id, data = create(url), content(3_000_000)
        upload(url, image_id, data)
        assert requests.get(f"{url}/v2/images/{image_id}/file", headers=PRODUCER, timeout=5).content == data
        assert reset(url, cert) == errno.ECONNRESET
        with running("env", "--state", state) as command:
            assert command.wait() == 0
            assert f"export OS_CACERT={cert}" in command.output()
        process.stop()
