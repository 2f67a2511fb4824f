"""/compute/v2.1/servers: booted from images that the caller may use, listed, shown, changed, deleted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from glance_emulator.domain.server_states import CHANGES
from tests.api.compute.cloud import PATCHES, V21, Project, work

NOWHERE = "11111111-1111-4111-8111-111111111111"


def test_a_server_is_built(consumer: Project, application: Flask) -> None:
    image = consumer.image()
    answer = consumer.order(image, metadata={"a": "b"})
    assert answer.status_code == 202
    ordered = answer.get_json()["server"]
    assert set(ordered) == {"id", "links", "OS-DCF:diskConfig", "security_groups", "adminPass"}
    assert answer.headers["Location"] == ordered["links"][0]["href"]
    assert ordered["links"][0]["href"].endswith(f"{V21}/servers/{ordered['id']}")
    shown = consumer.server(ordered["id"])
    assert (shown["status"], shown["OS-EXT-STS:task_state"], shown["OS-EXT-STS:vm_state"]) == (
        "BUILD", "scheduling", "building",
    )  # fmt: skip
    work(application)
    shown = consumer.server(ordered["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", shown["created"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", shown["OS-SRV-USG:launched_at"])
    times = ("created", "updated", "OS-SRV-USG:launched_at", "hostId", "links")
    assert {name: value for name, value in shown.items() if name not in times} == {
        "id": ordered["id"], "name": "box", "status": "ACTIVE", "tenant_id": "consumer",
        "user_id": "user-of-consumer", "metadata": {"a": "b"}, "addresses": shown["addresses"],
        "accessIPv4": "", "accessIPv6": "",
        "image": {"id": image, "links": [{"rel": "bookmark", "href": f"http://localhost/compute/images/{image}"}]},
        "flavor": {"id": "1", "links": [{"rel": "bookmark", "href": "http://localhost/compute/flavors/1"}]},
        "OS-DCF:diskConfig": "MANUAL", "OS-EXT-AZ:availability_zone": "nova", "config_drive": "", "key_name": None,
        "OS-SRV-USG:terminated_at": None, "OS-EXT-STS:task_state": None, "OS-EXT-STS:vm_state": "active",
        "OS-EXT-STS:power_state": 1, "os-extended-volumes:volumes_attached": [], "progress": 100,
    }  # fmt: skip


# Which images


@pytest.mark.parametrize(
    ("offered", "status"),
    [("accepted", 202), ("pending", 202), ("rejected", 202), (None, 400)],
    ids=["accepted", "pending", "rejected", "not-offered"],
)
def test_who_may_download_may_boot(producer: Project, consumer: Project, offered: str | None, status: int) -> None:
    image = producer.image()
    if offered:
        producer.offer(image, consumer, offered)
    assert consumer.order(image).status_code == status


@pytest.mark.parametrize("visibility", ["community", "public"])
def test_everybody_boots_what_is_open_to_all(consumer: Project, admin: Project, visibility: str) -> None:
    assert consumer.order(admin.image(visibility=visibility)).status_code == 202


def test_what_cannot_be_booted(consumer: Project, producer: Project, admin: Project) -> None:
    deactivated = producer.image()
    producer("POST", f"/v2/images/{deactivated}/actions/deactivate")
    for image in (NOWHERE, producer.image(None), deactivated):
        answer = producer.order(image)
        assert (answer.status_code, list(answer.get_json())) == (400, ["badRequest"])
        assert answer.get_json()["badRequest"].keys() == {"code", "message"}
    assert admin.order(deactivated).status_code == 400


@pytest.mark.parametrize(
    ("attributes", "size", "flavor", "status"),
    [
        pytest.param({"min_ram": 512}, 10, "1", 202, id="just enough memory"),
        pytest.param({"min_ram": 513}, 10, "1", 400, id="too little memory"),
        pytest.param({"min_disk": 1}, 10, "1", 202, id="just enough disk"),
        pytest.param({"min_disk": 2}, 10, "1", 400, id="too little disk"),
        pytest.param({"min_disk": 2}, 10, "6", 202, id="disk as large as the image"),
        pytest.param({}, 10, "7", 400, id="no such flavor"),
    ],
)
def test_the_flavor_must_be_large_enough(
    consumer: Project, attributes: dict[str, Any], size: int, flavor: str, status: int
) -> None:
    assert consumer.order(consumer.image(b"x" * size, **attributes), flavorRef=flavor).status_code == status


def test_hidden_images_can_be_booted(producer: Project, consumer: Project) -> None:
    image = producer.image()
    producer.offer(image, consumer, "accepted")
    producer("PATCH", f"/v2/images/{image}", [{"op": "replace", "path": "/os_hidden", "value": True}], headers=PATCHES)
    assert consumer.order(image).status_code == 202


# What is said


@pytest.mark.parametrize(
    ("attributes", "minor", "status"),
    [
        pytest.param({"name": ""}, 1, 400, id="no name"),
        pytest.param({"name": " "}, 1, 400, id="blank name"),
        pytest.param({"name": "x" * 256}, 1, 400, id="long name"),
        pytest.param({"flavorRef": 1}, 1, 202, id="number of a flavor"),
        pytest.param({"flavorRef": "http://x/flavors/1"}, 1, 202, id="URL of a flavor"),
        pytest.param({"imageRef": "no-id"}, 1, 400, id="no id of an image"),
        pytest.param({"unknown": 1}, 1, 400, id="unknown"),
        pytest.param({"metadata": {"a": 1}}, 1, 400, id="metadata that is no text"),
        pytest.param({"metadata": {str(n): "" for n in range(129)}}, 1, 403, id="too much metadata"),
        pytest.param({"description": "x"}, 18, 400, id="description too early"),
        pytest.param({"description": "x"}, 19, 202, id="description"),
        pytest.param({"tags": ["x"]}, 51, 400, id="tags too early"),
        pytest.param({"tags": ["x"], "networks": "none"}, 52, 202, id="tags"),
        pytest.param({"personality": []}, 57, 400, id="personality too late"),
        pytest.param({"networks": []}, 1, 202, id="list of no networks"),
        pytest.param({"networks": "none"}, 36, 400, id="none too early"),
        pytest.param({}, 37, 400, id="networks not said"),
        pytest.param({"networks": "auto"}, 37, 202, id="auto"),
        pytest.param({"networks": [{"uuid": NOWHERE}]}, 1, 400, id="unknown network"),
        pytest.param({"min_count": 3, "max_count": 2}, 1, 400, id="fewer than more"),
        pytest.param({"block_device_mapping_v2": [{"source_type": "volume", "uuid": NOWHERE}]}, 1, 400, id="volume"),
        pytest.param({"block_device_mapping_v2": [{"source_type": "image", "uuid": NOWHERE}]}, 1, 400, id="two images"),
    ],
)
def test_what_may_be_said_of_a_server(consumer: Project, attributes: dict[str, Any], minor: int, status: int) -> None:
    answer = consumer.order(**{"image_id": consumer.image(), "minor": minor, **attributes})
    assert answer.status_code == status, answer.text


def test_the_image_may_be_named_as_a_disk(consumer: Project) -> None:
    image = consumer.image()
    disk = {"uuid": image, "source_type": "image", "destination_type": "local", "boot_index": "0"}
    for named in ({}, {"imageRef": image}):
        body = {"name": "box", "flavorRef": "1", "block_device_mapping_v2": [disk], **named}
        assert consumer("POST", f"{V21}/servers", {"server": body}).status_code == 202
    assert consumer("POST", f"{V21}/servers", {"server": {"name": "box", "flavorRef": "1"}}).status_code == 400


def test_several_at_once(consumer: Project, admin: Project) -> None:
    answer = consumer.order(consumer.image(), min_count=2, max_count=3, return_reservation_id=True)
    (reservation,) = answer.get_json().values()
    servers = admin("GET", f"{V21}/servers/detail?all_tenants=1", minor=3).get_json()["servers"]
    assert sorted(server["name"] for server in servers) == ["box-1", "box-2", "box-3"]
    assert {server["OS-EXT-SRV-ATTR:reservation_id"] for server in servers} == {reservation}


# Who sees them


def test_a_server_is_its_projects(consumer: Project, outsider: Project, reader: Project, admin: Project) -> None:
    server = consumer.boot(consumer.image())
    path = f"{V21}/servers/{server}"
    for who, status in ((consumer, 200), (reader, 200), (admin, 200), (outsider, 404)):
        assert who("GET", path).status_code == status
        listed = [one["id"] for one in who("GET", f"{V21}/servers").get_json()["servers"]]
        assert listed == ([server] if who in (consumer, reader) else [])
    assert [one["id"] for one in admin("GET", f"{V21}/servers?all_tenants=true").get_json()["servers"]] == [server]
    assert consumer("GET", f"{V21}/servers?all_tenants=true").status_code == 403
    assert (outsider("DELETE", path).status_code, reader("DELETE", path).status_code) == (404, 403)
    assert reader.order(NOWHERE).status_code == 403
    assert "OS-EXT-SRV-ATTR:host" in admin.server(server)
    assert "OS-EXT-SRV-ATTR:host" not in consumer.server(server)


def test_strangers_are_turned_away(application: Flask) -> None:
    answer = application.test_client().get(f"{V21}/servers")
    assert (answer.status_code, answer.get_json()["unauthorized"]["code"]) == (401, 401)


# Lists


@pytest.fixture
def three(consumer: Project, application: Flask) -> list[str]:
    image = consumer.image()
    ids = [consumer.boot(image, name=name) for name in ("a1", "b1", "b2")]
    consumer.act(ids[1], "os-stop")
    work(application)
    return ids


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "210"), ("?name=b", "21"), ("?name=^b1$", "1"), ("?status=shutoff", "1"), ("?status=ACTIVE", "20"),
        ("?sort_key=display_name&sort_dir=asc", "012"), ("?limit=2", "21"), ("?limit=0", ""), ("?flavor=1", "210"),
        ("?flavor=2", ""), ("?changes-since=2000-01-01T00:00:00Z", "210"),
        ("?changes-since=2999-01-01T00:00:00Z", ""), (f"?image={NOWHERE}", ""), ("?deleted=false", "210"),
    ],
)  # fmt: skip
def test_which_servers_are_listed(consumer: Project, three: list[str], query: str, found: str) -> None:
    for path in ("", "/detail"):
        listed = consumer("GET", f"{V21}/servers{path}{query}").get_json()["servers"]
        assert [server["id"] for server in listed] == [three[int(place)] for place in found]


@pytest.mark.parametrize(
    "query",
    ["name=(", "limit=x", "limit=-1", "marker=nowhere", "sort_key=nonsense", "sort_dir=up", "changes-since=x",
     "all_tenants=perhaps"],
)  # fmt: skip
def test_odd_questions(consumer: Project, query: str) -> None:
    assert consumer("GET", f"{V21}/servers?{query}").status_code == 400


def test_pages_lead_to_the_next(consumer: Project, three: list[str]) -> None:
    found, path = [], f"{V21}/servers?limit=2"
    while path:
        page = consumer("GET", path).get_json()
        found += [server["id"] for server in page["servers"]]
        path = next((link["href"] for link in page.get("servers_links", ()) if link["rel"] == "next"), "")
    assert found == three[::-1]


# Changed


def test_a_server_is_renamed(consumer: Project) -> None:
    server = consumer.boot(consumer.image())
    answer = consumer("PUT", f"{V21}/servers/{server}", {"server": {"name": "new", "description": "d"}}, minor=19)
    assert (answer.status_code, answer.get_json()["server"]["name"]) == (200, "new")
    assert consumer.server(server, 19)["description"] == "d"
    assert consumer("PUT", f"{V21}/servers/{server}", {"server": {"description": "d"}}).status_code == 400
    assert consumer("PUT", f"{V21}/servers/{server}", {"server": {"status": "x"}}).status_code == 400


def test_a_deleted_server_is_gone(consumer: Project, admin: Project) -> None:
    server = consumer.boot(consumer.image())
    path = f"{V21}/servers/{server}"
    assert [consumer("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert consumer("GET", path).status_code == 404
    since = "?changes-since=2000-01-01T00:00:00Z"
    (gone,) = consumer("GET", f"{V21}/servers/detail{since}").get_json()["servers"]
    assert (gone["id"], gone["status"], gone["OS-EXT-STS:vm_state"]) == (server, "DELETED", "deleted")
    assert [one["id"] for one in admin("GET", f"{V21}/servers?deleted=1&all_tenants=1").get_json()["servers"]] == [
        server
    ]


def test_metadata(consumer: Project, reader: Project) -> None:
    server = consumer.boot(consumer.image(), metadata={"a": "1"})
    path = f"{V21}/servers/{server}/metadata"
    assert consumer("POST", path, {"metadata": {"b": "2"}}).get_json() == {"metadata": {"a": "1", "b": "2"}}
    assert consumer("PUT", f"{path}/c", {"meta": {"c": "3"}}).get_json() == {"meta": {"c": "3"}}
    assert consumer("PUT", f"{path}/c", {"meta": {"d": "3"}}).status_code == 400
    assert reader("GET", path).get_json() == {"metadata": {"a": "1", "b": "2", "c": "3"}}
    assert reader("GET", f"{path}/c").get_json() == {"meta": {"c": "3"}}
    assert reader("POST", path, {"metadata": {}}).status_code == 403
    assert [consumer("DELETE", f"{path}/c").status_code for _ in range(2)] == [204, 404]
    assert consumer("PUT", path, {"metadata": {"z": "26"}}).get_json() == {"metadata": {"z": "26"}}
    assert consumer("GET", f"{path}/a").status_code == 404
    assert consumer("POST", path, {"metadata": {str(n): "" for n in range(128)}}).status_code == 403


# Actions


@pytest.mark.parametrize(
    ("action", "argument", "task_state", "shown", "status"),
    [
        ("os-stop", None, "powering-off", "ACTIVE", "SHUTOFF"),
        ("reboot", {"type": "SOFT"}, "rebooting", "REBOOT", "ACTIVE"),
        ("reboot", {"type": "HARD"}, "rebooting_hard", "HARD_REBOOT", "ACTIVE"),
        ("pause", None, "pausing", "ACTIVE", "PAUSED"),
        ("suspend", None, "suspending", "ACTIVE", "SUSPENDED"),
    ],
)
def test_actions_take_their_time(
    consumer: Project, application: Flask, action: str, argument: Any, task_state: str, shown: str, status: str
) -> None:
    server = consumer.boot(consumer.image())
    assert consumer.act(server, action, argument).status_code == 202
    document = consumer.server(server)
    assert (document["OS-EXT-STS:task_state"], document["status"]) == (task_state, shown)
    answer = consumer.act(server, "os-stop")
    assert (answer.status_code, list(answer.get_json())) == (409, ["conflictingRequest"])
    work(application)
    document = consumer.server(server)
    assert (document["OS-EXT-STS:task_state"], document["status"]) == (None, status)


@pytest.mark.parametrize(("before", "after"), [("os-stop", "os-start"), ("pause", "unpause"), ("suspend", "resume")])
def test_there_and_back(consumer: Project, application: Flask, before: str, after: str) -> None:
    server = consumer.boot(consumer.image())
    assert consumer.act(server, after).status_code == 409
    for action in (before, after):
        assert consumer.act(server, action).status_code == 202
        work(application)
    assert consumer.server(server)["status"] == "ACTIVE"


@pytest.mark.parametrize(
    "body", [{}, [], {"nonsense": None}, {"os-start": None, "os-stop": None}, {"os-stop": {"x": 1}}, {"reboot": {}},
             {"reboot": {"type": "SLOW"}}, {"createImage": {}}, {"createImage": {"name": "x", "y": 1}}, {"rebuild": {}}]
)  # fmt: skip
def test_what_is_no_action(consumer: Project, body: Any) -> None:
    server = consumer.boot(consumer.image())
    assert consumer("POST", f"{V21}/servers/{server}/action", body).status_code == 400


def test_a_locked_server_stays_as_it_is(consumer: Project, admin: Project, application: Flask) -> None:
    server = consumer.boot(consumer.image())
    assert consumer.act(server, "lock", {"locked_reason": "so"}, minor=72).status_code == 400
    assert consumer.act(server, "lock", {"locked_reason": "so"}, minor=73).status_code == 202
    shown = consumer.server(server, 73)
    assert (shown["locked"], shown["locked_reason"]) == (True, "so")
    for status in (consumer.act(server, "os-stop"), consumer("DELETE", f"{V21}/servers/{server}"),
                   consumer.act(server, "createImage", {"name": "x"})):  # fmt: skip
        assert status.status_code == 409
    assert admin.act(server, "os-stop").status_code == 202
    work(application)
    assert consumer.act(server, "unlock").status_code == 202
    assert consumer.act(server, "os-start").status_code == 202


def test_a_server_is_rebuilt(consumer: Project, producer: Project, application: Flask) -> None:
    server = consumer.boot(consumer.image(b"old"))
    new = consumer.image(b"new", min_ram=1)
    answer = consumer.act(server, "rebuild", {"imageRef": new, "name": "again", "metadata": {"x": "y"}})
    assert (answer.status_code, answer.get_json()["server"]["status"]) == (202, "REBUILD")
    work(application)
    shown = consumer.server(server)
    assert (shown["status"], shown["name"], shown["image"]["id"], shown["metadata"]) == (
        "ACTIVE", "again", new, {"x": "y"},
    )  # fmt: skip
    assert consumer.data(consumer.snapshot(server)) == b"new"
    assert consumer.act(server, "rebuild", {"imageRef": producer.image()}).status_code == 400


def test_every_state_can_be_shown(application: Flask) -> None:
    from glance_emulator.domain.server_states import VM_STATES

    for change in CHANGES.values():
        assert change.begins_in | ({change.ends_in} if change.ends_in else set()) <= VM_STATES.keys()
