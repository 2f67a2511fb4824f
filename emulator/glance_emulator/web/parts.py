"""Parts of the service that stand on their own below a path: made when somebody first asks for them.

A start thus does not wait for what is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.routing import Rule

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EXTENSION = "glance_emulator_parts"
WHOLE = "glance_emulator_whole"
"""The extension by which a part knows the application that it is a part of."""


class Parts:
    """Hand a request to the part below whose path it lies, else to the application itself."""

    def __init__(self, app: WSGIApplication, makers: Mapping[str, Callable[[], Flask]]) -> None:
        """Take the application, and by path what makes a part."""
        self.app = app
        self._makers = makers
        self._made: dict[str, Flask] = {}
        self._lock = Lock()
        self._prefixes = tuple(makers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        if path.startswith(self._prefixes):
            for prefix in self._prefixes:
                if path == prefix or path.startswith(f"{prefix}/"):
                    return self[prefix].wsgi_app(environ, start_response)
        return self.app(environ, start_response)

    def __getitem__(self, prefix: str) -> Flask:
        """Return the part below a path; it is made once, however many ask at the same time."""
        if (part := self._made.get(prefix)) is None:
            with self._lock:
                part = self._made.get(prefix) or self._makers[prefix]()
                self._made[prefix] = part
        return part

    def __iter__(self) -> Iterator[Flask]:
        """Give all parts."""
        return (self[prefix] for prefix in self._prefixes)


def register(app: Flask, makers: Mapping[str, Callable[[], Flask]]) -> None:
    """Let parts answer what lies below their paths."""
    parts = app.extensions[EXTENSION] = Parts(app.wsgi_app, makers)
    app.wsgi_app = parts  # type: ignore[method-assign]


def make_all(app: Flask) -> list[Flask]:
    """Make the parts that are not made yet; return the application and its parts."""
    return [app, *app.extensions[EXTENSION]]


def rules(app: Flask) -> Iterator[Rule]:
    """Give the routes of the application and of its parts."""
    return (rule for part in make_all(app) for rule in part.url_map.iter_rules())
