"""The journal of a running emulator: what was answered to whom and why, by any worker, without secrets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from glance_emulator.caller import Caller
from glance_emulator.domain import explain, journal
from glance_emulator.domain.journal import Entry, Wanted
from glance_emulator.storage.ring import LONGEST, Ring
from glance_emulator.web.journal import without_secrets
from tests.contract.actors import Actor
from tests.processes import running

ADMIN = Caller("root", "admin", frozenset({"admin"}))
SERVE = ("serve", "--port", "0", "--auth", "trusted")


class Journal:
    """A running emulator, and the journal in its state."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.ring = url, Ring(folder / "journal", 1000)

    def actor(self, **identity: Any) -> Actor:
        return Actor(self.url, **identity)

    def wait(self, caller: Caller = ADMIN, count: int = 1, **wanted: Any) -> list[Entry]:
        """Return the entries, once there are so many: they are written when the answer has gone out."""
        deadline = time.monotonic() + 5
        while True:
            found = journal.search(self.ring, caller, Wanted(**wanted), 1000)
            if len(found) >= count or time.monotonic() > deadline:
                return found
            time.sleep(0.01)


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    folder = tmp_path_factory.mktemp("state")
    with running(*SERVE, "--state", str(folder), "--workers", "2") as process:
        yield Journal(process.url(), folder)
        process.stop()


def test_an_answer_is_remembered_with_who_asked_for_what(journals: Journal) -> None:
    producer = journals.actor()
    answer = producer.post("/v2/images", {"name": "x"})
    (entry,) = journals.wait(project=producer.project)
    assert (entry.method, entry.path, entry.status, entry.service) == ("POST", "/v2/images", 201, "image")
    assert (entry.operation, entry.request_id) == ("images.create", answer.headers["x-openstack-request-id"])
    assert (entry.user_id, entry.roles) == (producer.user, frozenset({"member", "reader"}))
    assert entry.received == len(answer.request.body or "")
    assert entry.sent == len(answer.content)


def test_every_worker_writes_into_the_same_journal(journals: Journal) -> None:
    producer = journals.actor()
    for number in range(30):
        requests.get(f"{journals.url}/v2/images?limit={number}", headers={"Connection": "close", **identity(producer)})
    assert {entry.query for entry in journals.wait(count=30, project=producer.project)} == {
        f"limit={number}" for number in range(30)
    }


def identity(actor: Actor) -> dict[str, str]:
    return {
        "X-Identity-Status": "Confirmed",
        "X-User-Id": actor.user,
        "X-Project-Id": actor.project,
        "X-Roles": actor.roles,
    }


def test_a_refusal_is_remembered_with_its_reason(journals: Journal) -> None:
    producer, consumer = journals.actor(), journals.actor()
    image = producer.image(visibility="private")
    assert consumer.get(image["self"]).status_code == 404
    (entry,) = journals.wait(project=consumer.project)
    assert entry.facts is not None
    assert explain.words(entry.facts) == f"Image {image['id']} is private to project {producer.project}."
    assert not explain.told(entry.facts, Caller(consumer.user, consumer.project, frozenset({"member"})))


def test_a_policy_that_was_asked_is_named(journals: Journal) -> None:
    producer = journals.actor()
    reader = journals.actor(roles="reader", project=producer.project)
    assert reader.delete(producer.image()["self"]).status_code == 403
    (entry,) = journals.wait(project=producer.project, method="DELETE")
    assert entry.facts is not None
    assert explain.words(entry.facts) == (
        "Policy delete_image asks for the role member in the project that owns the image."
    )


def test_others_than_admins_see_what_their_project_asked_for(journals: Journal) -> None:
    producer, consumer = journals.actor(), journals.actor()
    for actor in (producer, consumer):
        actor.get("/v2/images")
    seen = journals.wait(Caller(consumer.user, consumer.project, frozenset({"member"})))
    assert {entry.project_id for entry in seen} == {consumer.project}
    assert journal.search(journals.ring, Caller("x", None, frozenset({"member"})), Wanted(), 10) == []


def test_reasons_are_found_by_those_who_may_know_them(journals: Journal) -> None:
    producer, outsider = journals.actor(), journals.actor()
    image = producer.post("/v2/images", {"visibility": "private"}).json()["id"]
    outsider.get(f"/v2/images/{image}")
    (found,) = journals.wait(text=f"{image} is private")
    assert found.project_id == outsider.project
    caller = Caller(outsider.user, outsider.project, frozenset({"member"}))
    assert journals.wait(caller, count=0, text=f"{image} is private") == []


def test_what_is_looked_for_is_found(journals: Journal) -> None:
    producer = journals.actor()
    producer.get("/v2/images/none")
    producer.get("/v2/images")
    sought: tuple[dict[str, Any], ...] = (
        {"outcome": "4"},
        {"text": "NONE"},
        {"text": "images.show"},
    )
    for wanted in sought:
        (entry,) = journals.wait(project=producer.project, **wanted)
        assert entry.path == "/v2/images/none"
    assert journals.wait(project=producer.project, count=0, service="identity") == []


def test_what_lets_somebody_in_is_left_out(journals: Journal) -> None:
    producer = journals.actor()
    producer.get("/v2/images?token=hush1&limit=1", headers={"X-Auth-Token": "hush2"})
    image = producer.image()
    method = {"name": "web-download", "uri": "http://somebody:hush3@nowhere.invalid/"}
    producer.post(f"{image['self']}/import", {"method": method})
    assert journals.wait(count=3, project=producer.project)
    assert not any(b"hush" in line for _, line in journals.ring.newest())


@pytest.mark.parametrize(
    "text",
    [
        *(f"/v2/images?limit=1&{name}=hush&x=y" for name in (
            "token", "access_token", "X-Auth-Token", "X-Amz-Security-Token", "password", "PASSWD", "secret",
            "client_secret", "key", "api_key", "apikey", "secret_key", "auth", "credential",
            "X-Amz-Credential", "X-Amz-Signature", "sig", "signature", "temp_url_sig", "adminPass",
        )),
        "/v2/images?name=http://somebody:hush@nowhere/",
        "/v2/images?name=http%3A%2F%2Fsomebody%3Ahush%40nowhere&limit=1",
        "/v2/images?name=http://some@body:hush@nowhere/",
        "/v2/http://hush@nowhere/",
        "Cannot fetch https://somebody:hush@nowhere/x?y.",
    ],
)  # fmt: skip
def test_secrets_in_urls_are_none_of_the_journals(text: str) -> None:
    found = without_secrets(text)
    assert ("hush" in found, "***" in found) == (False, True)
    assert found.endswith(text.partition("hush")[2])


@pytest.mark.parametrize(
    "query",
    ["img_signature=abc", "img_signature_key_type=RSA", "design=x", "monkey=x", "sort_key=name", "tokens=3",
     "author=me", "name=a@b", "name=http%3A%2F%2Fhost%2Fa@b", "name=in:token=x"],
)  # fmt: skip
def test_what_a_list_was_asked_for_is_no_secret(query: str) -> None:
    assert without_secrets(f"/v2/images?{query}&limit=1") == f"/v2/images?{query}&limit=1"


def test_a_line_is_never_too_long(journals: Journal) -> None:
    long = journals.actor(project="\\" * 3000)
    long.get("/v2/images/" + "%C3%A4" * 600)
    (entry,) = journals.wait(text="\\" * 20)
    assert entry.status == 404
    assert max(len(line) for _, line in journals.ring.newest()) < LONGEST


def test_it_outlives_the_server_and_ends_with_reset(tmp_path: Path) -> None:
    with running(*SERVE, "--state", str(tmp_path)) as process:
        mine = Journal(process.url(), tmp_path)
        mine.actor().get("/v2/images")
        assert mine.wait()
        process.stop()
    assert mine.wait()
    with running("reset", "--yes", "--state", str(tmp_path)) as reset:
        assert reset.wait() == 0
    assert mine.wait(count=0) == []


def test_without_a_journal_nothing_is_written(tmp_path: Path) -> None:
    with running(*SERVE, "--state", str(tmp_path), "--journal", "0") as process:
        Actor(process.url()).get("/v2/images/none")
        process.stop()
    assert not (tmp_path / "journal").exists()
