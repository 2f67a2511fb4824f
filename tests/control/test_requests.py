"""What was asked of a world, and why it was answered so."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from glance_emulator.remote import Refused
from glance_emulator.testing import World
from tests.control.conftest import Persona
from tests.processes import until


@pytest.fixture
def offered(producer: Persona, consumer: Persona) -> str:
    image = producer.image()
    producer("POST", f"/v2/images/{image}/members", {"member": consumer.project_id})
    return image


def asked(glance: World, answer: requests.Response) -> str:
    """Return the id of the request that was answered, once it is remembered."""
    request_id = answer.headers["x-openstack-request-id"]
    until(lambda: glance.requests(text=request_id))
    return str(request_id)


def test_requests_are_listed_with_who_and_what(glance: World, producer: Persona) -> None:
    name = asked(glance, producer("GET", "/v2/images?limit=5"))
    (found,) = glance.requests(text=name)
    assert (found["method"], found["path"], found["query"], found["status"]) == ("GET", "/v2/images", "limit=5", 200)
    assert (found["operation"], found["service"]) == ("images.index", "image")
    assert found["caller"]["project_id"] == producer.project_id
    assert (found["caller"]["user_name"], found["caller"]["project_name"]) == ("producer", "producer")
    assert glance.control("GET", f"requests/{found['id']}") == found


@pytest.mark.parametrize(("asked_for", "query"), [("", ""), ("?limit=5", "limit=5"), ("/", "")])
def test_the_root_of_a_world_has_a_path(glance: World, asked_for: str, query: str) -> None:
    requests.get(f"{glance.url}{asked_for}", timeout=9)
    until(glance.requests)
    (found,) = glance.requests()
    assert (found["path"], found["query"], found["caller"]["user_name"]) == ("/", query, None)


def test_they_are_filtered(glance: World, producer: Persona, consumer: Persona) -> None:
    glance.clear_faults()
    asked(glance, producer("GET", "/v2/images/nothing"))
    asked(glance, consumer("GET", "/v2/images"))
    assert [one["path"] for one in glance.requests(outcome="4")] == ["/v2/images/nothing"]
    assert {one["path"] for one in glance.requests(project="consumer")} == {"/v2/images"}
    assert {one["service"] for one in glance.requests(service="identity")} == {"identity"}
    assert {one["service"] for one in glance.requests()} == {"image", "identity"}
    assert len(glance.requests(limit="1")) == 1
    assert {one["service"] for one in glance.requests(service="emulator")} == {"emulator"}


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"outcome": "x"}, "outcome must be 1 to 5, or a status such as 404, not 'x'"),
        ({"outcome": "44"}, "outcome must be"),
        ({"service": "foo"}, "service must be one of image, identity, compute, panel, emulator, not 'foo'"),
        ({"method": "got"}, "method must be one of GET, "),
        ({"limit": "-1"}, "limit must be a whole number"),
        ({"limit": "9" * 20}, "limit must be a whole number of at most 18 digits"),
    ],
)
def test_filters_that_can_fit_nothing_are_refused(glance: World, filters: dict[str, str], said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        glance.requests(**filters)
    assert refusal.value.status == 400


def test_a_status_may_be_whole_and_a_method_small(glance: World, producer: Persona) -> None:
    asked(glance, producer("GET", "/v2/images/nothing"))
    assert [one["status"] for one in glance.requests(outcome="404", method="get")] == [404]
    assert glance.requests(outcome="403") == []


def test_the_reasons_are_searched_too(glance: World, producer: Persona, consumer: Persona) -> None:
    image = producer.image(visibility="private")
    name = asked(glance, consumer("GET", f"/v2/images/{image}"))
    assert [one["request_id"] for one in glance.requests(text="is PRIVATE to project")] == [name]


def test_of_the_emulators_own_api_what_changes_something_is_remembered(glance: World) -> None:
    glance.seed_ids(1)
    glance.control("GET", "ids")
    requests.head(f"{glance.url}/_emulator/ids", timeout=9)
    glance.control("DELETE", "ids")
    until(lambda: len(glance.requests(service="emulator")) >= 2)
    found = [(one["method"], one["path"]) for one in glance.requests(service="emulator")]
    assert [one for one in found if one[1].endswith("/ids")] == [
        ("DELETE", "/_emulator/ids"),
        ("PUT", "/_emulator/ids"),
    ]
    assert {method for method, _ in found}.isdisjoint({"GET", "HEAD"})


@pytest.mark.parametrize(
    ("line", "path"),
    [
        pytest.param("GET http://example.com:x{}/v2/images?limit=1", "/v2/images", id="absolute form"),
        pytest.param("GET HTTP://u:p@example.com{}/v2/images?limit=1", "/v2/images", id="with userinfo"),
        pytest.param("GET {}//evil:x/v2/images?limit=1", "//evil:x/v2/images", id="two slashes"),
    ],
)
def test_in_whatever_form_a_request_comes_its_path_is_remembered(glance: World, line: str, path: str) -> None:
    where = urlsplit(glance.url)
    with socket.create_connection((where.hostname, where.port), timeout=9) as connection:
        connection.sendall(
            f"{line.format(where.path)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        connection.recv(65536)
    until(glance.requests)
    assert [one["path"] for one in glance.requests()] == [path]
    (entry,) = glance.control("GET", "requests.har")["log"]["entries"]
    assert entry["request"]["url"] == f"{glance.url}{path}?limit=1"


def test_they_are_forgotten(glance: World, producer: Persona) -> None:
    asked(glance, producer("GET", "/v2/images"))
    glance.control("DELETE", "requests")
    assert glance.requests() == []
    name = asked(glance, producer("GET", "/v2/images"))
    assert [one["request_id"] for one in glance.requests()] == [name]


def test_a_refusal_is_explained(glance: World, producer: Persona, consumer: Persona) -> None:
    image = producer.image(visibility="private")
    name = asked(glance, consumer("GET", f"/v2/images/{image}"))
    assert glance.explain(name) == f"Image {image} is private to project {producer.project_id}."
    facts = glance.control("GET", f"requests/{name}/explain")["facts"]
    assert (facts["kind"], facts["owner"]) == ("private", producer.project_id)


def test_a_request_is_explained_right_after_its_answer(glance: World, producer: Persona) -> None:
    for _ in range(200):
        answer = producer("GET", "/v2/images/nothing")
        assert "there never was" in glance.explain(answer.headers["x-openstack-request-id"])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "is a member of image {image} with status pending; the default list shows accepted only; "
             "ask with member_status=pending, or accept it."),
        ("?member_status=pending", "stands in the list"),
        ("?member_status=all&name=other", "asked for name=other, and that leaves it out"),
        ("?member_status=rejected", "asked for member_status=rejected"),
        ("?member_status=all&visibility=public", "asked for visibility=public"),
        ("?member_status=all&os_hidden=true", "asked for os_hidden=true"),
        ("?member_status=all&name=other&disk_format=vdi", "asked for name=other and disk_format=vdi"),
        ("?member_status=all&limit=1", "stands in the list"),
        ("?member_status=all&sort_key=name", "stands in the list"),
        ("?member_status=all&img_signature=abc", "asked for img_signature=abc"),
    ],
)  # fmt: skip
def test_why_a_list_lacks_an_image(glance: World, consumer: Persona, offered: str, query: str, said: str) -> None:
    name = asked(glance, consumer("GET", f"/v2/images{query}"))
    assert said.format(image=offered) in glance.explain(name, image=offered)


def test_a_list_that_was_not_given_lacks_no_image(glance: World, producer: Persona, offered: str) -> None:
    fault = glance.fault({"status": 503}, operation="images.index", times=1)
    failed, refused = asked(glance, producer("GET", "/v2/images")), asked(glance, producer("GET", "/v2/images?limit=x"))
    assert glance.explain(failed, image=offered) == f"The fault {fault} answered 503."
    assert "stands" not in glance.explain(refused, image=offered)


def test_hidden_and_community_images_are_left_out_by_the_default_list(
    glance: World, producer: Persona, consumer: Persona
) -> None:
    community, hidden = producer.image(visibility="community"), producer.image(os_hidden=True)
    theirs, mine = asked(glance, consumer("GET", "/v2/images")), asked(glance, producer("GET", "/v2/images"))
    assert "visibility=community" in glance.explain(theirs, image=community)
    assert "os_hidden=true" in glance.explain(mine, image=hidden)
    assert "no member of it" in glance.explain(theirs, image=hidden)
    assert "there never was" in glance.explain(mine, image="nonsense")


def test_only_lists_lack_images(glance: World, producer: Persona, offered: str) -> None:
    name = asked(glance, producer("GET", f"/v2/images/{offered}"))
    with pytest.raises(Refused, match="Only of a list"):
        glance.explain(name, image=offered)
    assert glance.explain(name) == "It was done as it was asked."
    with pytest.raises(Refused, match="No request"):
        glance.explain("req-none")


def access(glance: World, **query: str) -> Any:
    return glance.control("GET", "explain", query=query)


def test_what_a_project_may_do_with_an_image(glance: World, offered: str) -> None:
    found = access(glance, project="consumer", image=offered)
    assert (found["read"]["allowed"], found["list"]["shown"]) == (True, False)
    assert "pending" in found["list"]["words"]
    found = access(glance, project="outsider", image=offered)
    assert (found["read"]["allowed"], found["list"]["shown"]) == (False, False)
    assert "no member" in found["read"]["words"]
    found = access(glance, project="producer", image=offered)
    assert (found["read"]["allowed"], found["list"]["shown"]) == (True, True)
    assert access(glance, project="outsider", image=offered, roles="admin")["read"]["allowed"]
    with pytest.raises(Refused, match="Say which project"):
        access(glance, image=offered)


def test_a_name_is_told_from_an_id(glance: World, producer: Persona) -> None:
    ids = [producer.image(None), producer.image(None)]
    producer("DELETE", f"/v2/images/{producer.image(None)}")
    found = access(glance, project="producer", image="golden")
    assert (found["read"]["allowed"], found["list"]["shown"]) == (False, False)
    for part in ("read", "list"):
        assert found[part]["facts"]["kind"] == "name"
        assert sorted(found[part]["facts"]["ids"].split(", ")) == sorted(ids)
        assert "golden, for that is a name" in found[part]["words"]
    assert ids[0] in glance.explain(asked(glance, producer("GET", "/v2/images/golden")))
    assert ids[0] in glance.explain(asked(glance, producer("GET", "/v2/images")), image="golden")


def test_they_are_exported_as_har(glance: World, producer: Persona) -> None:
    name = asked(glance, producer("GET", "/v2/images?name=a%20b"))
    log = glance.control("GET", "requests.har")["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "glance-emulator")
    last = log["entries"][-1]
    assert last["request"]["url"] == f"{glance.url}/v2/images?name=a%20b"
    assert last["request"]["queryString"] == [{"name": "name", "value": "a b"}]
    assert last["response"]["headers"] == [{"name": "x-openstack-request-id", "value": name}]
    assert [one["startedDateTime"] for one in log["entries"]] == sorted(
        one["startedDateTime"] for one in log["entries"]
    )
    for part in ("request", "response", "cache", "timings", "time"):
        assert part in last
