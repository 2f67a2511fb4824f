"""Counters of what was answered, in files that all workers share; `prometheus_client` is imported with the first."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glance_emulator import __version__
from glance_emulator.domain import journal
from glance_emulator.domain.census import Census
from glance_emulator.web.journal import OPERATION, UNTOLD, Answered
from glance_emulator.web.places import BELOW

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the library knows where the workers' files are."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)

Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Counts:
    """What is counted for requests of one kind."""

    requests: Any
    seconds: Any
    received: Any
    sent: Any


_known: dict[Key, Counts] = {}
_families: list[Any] = []
_lock = threading.Lock()


def prepare(folder: Path) -> None:
    """Let all workers count in this folder; to be called before there are any."""
    folder.mkdir(exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    os.environ[FOLDER] = str(folder)


def count(answered: Answered, environ: Mapping[str, Any]) -> None:
    """Count an answered request."""
    if environ.get(OPERATION) in UNTOLD:
        return
    _, method, path, status, milliseconds, sent, _ = answered
    operation = journal.public(environ.get(OPERATION)) or "none"
    service = journal.service(path.removeprefix(environ.get(BELOW, "")))
    key = (service, operation, method if method in METHODS else "other", status)
    counts = _known.get(key) or _counts(key)
    counts.requests.inc()
    counts.seconds.observe(milliseconds / 1000)
    counts.received.inc(_received(environ))
    counts.sent.inc(sent)


def _received(environ: Mapping[str, Any]) -> int:
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _counts(key: Key) -> Counts:
    service, operation, method, status = key
    with _lock:
        if not _families:
            _families.extend(_make())
        requests, seconds, received, sent = _families
        found = _known[key] = Counts(
            requests.labels(service, operation, method, str(status)),
            *(family.labels(service, operation) for family in (seconds, received, sent)),
        )
        return found


def _make() -> Iterator[Any]:
    from prometheus_client import CollectorRegistry, Counter, Histogram

    own = CollectorRegistry()  # what is shown is read from the files
    kind = ("service", "operation")
    name = "glance_emulator"
    yield Counter(f"{name}_requests", "Answered requests.", (*kind, "method", "status"), registry=own)
    yield Histogram(f"{name}_request_seconds", "How long they took.", kind, registry=own, buckets=BUCKETS)
    yield Counter(f"{name}_received_bytes", "Bytes of their bodies.", kind, registry=own)
    yield Counter(f"{name}_sent_bytes", "Bytes of the answers' bodies.", kind, registry=own)


def text(census: Census) -> bytes:
    """Return all that was counted, and what there is, in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    counted = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + b"".join(_gauges(census))


def _gauges(census: Census) -> Iterator[bytes]:
    """Yield what there is, written out: the library would keep gauges in the files of the workers."""
    yield _gauge("info", "The emulator.", "version", {__version__: 1})
    yield _gauge("images", "Images that there are.", "status", census.images)
    yield _gauge("members", "Memberships that there are.", "status", census.members)
    yield _gauge("servers", "Servers that there are.", "status", census.servers)
    yield _gauge("stored_bytes", "Bytes of image data.", "store", census.stored)
    yield _gauge("jobs", "Work in the background that is not done.", "kind", census.jobs)


def _gauge(name: str, meaning: str, label: str, values: Mapping[str, int]) -> bytes:
    lines = [f"# HELP glance_emulator_{name} {meaning}", f"# TYPE glance_emulator_{name} gauge"]
    lines += [f'glance_emulator_{name}{{{label}="{_escaped(key)}"}} {float(value)}' for key, value in values.items()]
    return "".join(f"{line}\n" for line in lines).encode()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
