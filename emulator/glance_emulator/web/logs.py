"""What the server has to tell besides the requests: in the same form, and with the request that it is about."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

from flask import has_request_context

from glance_emulator.web.hooks import request_id


def configure(form: str) -> None:
    """Let everything be written to standard error, as `text` or as `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return {
        "time": f"{moment}.{int(record.msecs):03}Z",
        "level": record.levelname,
        "logger": record.name,
        "message": record.getMessage(),
        "request_id": request_id() if has_request_context() else None,
    }


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        if record.exc_info:
            facts["traceback"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in facts.items() if value is not None})


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = " ".join(str(value) for value in _facts(record).values() if value is not None)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line
