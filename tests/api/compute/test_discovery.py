"""What Compute has besides servers: versions and microversions, flavors, limits, networks."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.api.compute.cloud import V21, Project


def test_limits_tell_what_is_used(consumer: Project) -> None:
    consumer.boot(consumer.image())
    limits = consumer("GET", f"{V21}/limits").get_json()["limits"]
    assert limits["rate"] == []
    used = ("totalInstancesUsed", "totalCoresUsed", "totalRAMUsed")
    assert [limits["absolute"][name] for name in used] == [1, 1, 512]
    assert "maxImageMeta" in limits["absolute"]
    assert "maxImageMeta" not in consumer("GET", f"{V21}/limits", minor=39).get_json()["limits"]["absolute"]


def test_flavors(consumer: Project) -> None:
    listed = consumer("GET", f"{V21}/flavors").get_json()["flavors"]
    assert [flavor["name"] for flavor in listed][:2] == ["m1.tiny", "m1.small"]
    detailed = consumer("GET", f"{V21}/flavors/detail?minRam=8000&limit=1", minor=61).get_json()["flavors"]
    assert [(flavor["name"], flavor["extra_specs"]) for flavor in detailed] == [("m1.large", {})]
    assert consumer("GET", f"{V21}/flavors/1").get_json()["flavor"]["ram"] == 512
    assert consumer("GET", f"{V21}/flavors/nonsense").status_code == 404
    assert consumer("GET", f"{V21}/flavors?marker=nonsense").status_code == 400


@pytest.mark.parametrize(
    ("headers", "status", "told"),
    [
        ({}, 200, "2.1"),
        ({"OpenStack-API-Version": "compute 2.42"}, 200, "2.42"),
        ({"OpenStack-API-Version": "volume 3.1, compute 2.42"}, 200, "2.42"),
        ({"OpenStack-API-Version": "compute latest"}, 200, "2.96"),
        ({"X-OpenStack-Nova-API-Version": "2.42"}, 200, "2.42"),
        ({"OpenStack-API-Version": "compute 2.97"}, 406, "2.1"),
        ({"OpenStack-API-Version": "compute 3.0"}, 406, "2.1"),
        ({"OpenStack-API-Version": "compute two"}, 400, "2.1"),
    ],
)
def test_microversions(consumer: Project, headers: dict[str, str], status: int, told: str) -> None:
    answer = consumer("GET", f"{V21}/flavors", headers=headers)
    assert answer.status_code == status
    assert answer.headers["OpenStack-API-Version"] == f"compute {told}"
    assert answer.headers["X-OpenStack-Nova-API-Version"] == told
    assert "OpenStack-API-Version" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("minor", "brought"),
    [(9, "locked"), (19, "description"), (26, "tags"), (63, "trusted_image_certificates"), (71, "server_groups"),
     (73, "locked_reason"), (90, "OS-EXT-SRV-ATTR:hostname"), (96, "pinned_availability_zone")],
)  # fmt: skip
def test_attributes_come_with_their_microversions(consumer: Project, minor: int, brought: str) -> None:
    server = consumer.boot(consumer.image())
    assert brought not in consumer.server(server, minor - 1)
    assert brought in consumer.server(server, minor)


def test_versions_are_open_to_everybody(application: Flask) -> None:
    client = application.test_client()
    (version,) = client.get("/compute").get_json()["versions"]
    assert (version["id"], version["status"], version["min_version"], version["version"]) == (
        "v2.1", "CURRENT", "2.1", "2.96",
    )  # fmt: skip
    for path in ("/compute/", "/compute/v2.1", "/compute/v2.1/"):
        assert client.get(path).status_code == 200


def test_what_is_not_there(consumer: Project) -> None:
    missing = consumer("GET", f"{V21}/os-keypairs").get_json()["itemNotFound"]
    assert missing["code"] == 404
    assert "/compute/v2.1/os-keypairs" in missing["message"]
    answer = consumer("POST", f"{V21}/flavors", {})
    assert (answer.status_code, answer.get_json()["badMethod"]["code"]) == (405, 405)


def test_a_server_has_an_address_unless_it_is_to_have_none(consumer: Project) -> None:
    image = consumer.image()
    for networks, minor, connected in ((None, 1, True), ("auto", 37, True), ("none", 37, False), ([], 1, True)):
        said: dict[str, Any] = {} if networks is None else {"networks": networks}
        server = consumer.order(image, minor, **said).get_json()["server"]["id"]
        addresses = consumer.server(server)["addresses"]
        assert consumer("GET", f"{V21}/servers/{server}/ips").get_json() == {"addresses": addresses}
        assert set(addresses) == ({"public"} if connected else set())
        for address in addresses.get("public", ()):
            assert address.keys() == {"version", "addr", "OS-EXT-IPS:type", "OS-EXT-IPS-MAC:mac_addr"}


def test_the_network_called_none(consumer: Project) -> None:
    (network,) = consumer("GET", f"{V21}/os-networks").get_json()["networks"]
    assert network["label"] == "none"
    assert consumer("GET", f"{V21}/os-networks/none").status_code == 404
    assert consumer.order(consumer.image(), networks=[{"uuid": network["id"]}]).status_code == 202
    assert consumer("GET", f"{V21}/os-networks", minor=36).status_code == 404
