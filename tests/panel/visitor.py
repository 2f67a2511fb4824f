"""Somebody in front of the panel: a browser without scripts."""

from __future__ import annotations

import html
import io
import re
from typing import Any

from flask import Flask
from werkzeug.test import Cookie, TestResponse

from glance_emulator.domain.seed import PASSWORD, id_of


class Visitor:
    """A browser with cookies of its own, which sends forms with what their page says."""

    def __init__(self, application: Flask, persona: str = "") -> None:
        """Come; log in if there is a name."""
        self.client = application.test_client()
        self.name = persona
        if persona:
            answer = self.log_in(persona)
            assert answer.status_code == 303, answer.text

    def log_in(self, user: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Send the login's form."""
        form = {"user": user, "password": password, "domain": "Default", **fields}
        return self.post("login", form, page="login")

    def get(self, path: str = "", **options: Any) -> TestResponse:
        """Load a page."""
        return self.client.get(f"/panel/{path}".rstrip("/"), buffered=True, **options)

    def read(self, path: str = "") -> str:
        """Return the text of a page that must be there, without its tags."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status, answer.text)
        return words(answer)

    def post(self, path: str, form: Any = None, page: str = "images/new", **options: Any) -> TestResponse:
        """Send a form with the proof that stands in a page; not where the form brings one."""
        given = {"csrf": self.proof(page), **(form or {})}
        return self.client.post(f"/panel/{path}", data=given, buffered=True, **options)

    def proof(self, page: str = "activity") -> str:
        """Return what the forms of a page prove that they are ours with; of another page where this one has none."""
        found = re.search(r'name="csrf" value="(\w+)"', self.get(page).text)
        return found[1] if found else self.proof("activity")

    def image(self, name: str = "golden", data: bytes | None = b"some bytes", **fields: str) -> str:
        """Create an image by the form; return its id."""
        form: dict[str, Any] = {
            "name": name, "disk_format": "raw", "container_format": "bare", "visibility": "shared", **fields,
        }  # fmt: skip
        if data is not None:
            form["file"] = (io.BytesIO(data), "golden.img")
        answer = self.post("images/new", form)
        assert answer.status_code == 303, answer.text
        return answer.location.rpartition("/")[2]

    def cookies(self) -> list[Cookie]:
        """Return what the browser keeps."""
        return list((self.client._cookies or {}).values())

    def follow(self, answer: TestResponse) -> str:
        """Return the text of the page that an answer leads to."""
        assert answer.status_code == 303, (answer.status, words(answer))
        return self.read(answer.location.removeprefix("/panel/"))


def words(answer: TestResponse) -> str:
    """Return what a page says, tags and runs of blanks left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def project(name: str) -> str:
    """Return the id of a project that is there from the start."""
    return id_of("project", name)
