"""Whether this process is about to end: who waits for nothing but the time need not wait any longer."""

from __future__ import annotations

from threading import Event

STOPPING = Event()
