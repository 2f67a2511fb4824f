"""Servers by hand, and the lineage of what they were booted from and what was made of them."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.api.compute.cloud import work
from tests.panel.visitor import Visitor, words


@pytest.fixture
def shared(producer: Visitor, consumer: Visitor) -> str:
    image_id = producer.image("golden", b"golden bytes")
    producer.post("share", {"image": image_id, "projects": "consumer"})
    consumer.post("answers/accepted", {"image": image_id})
    return image_id


def boot(visitor: Visitor, image_id: str, name: str = "web-1") -> str:
    answer = visitor.post("servers/new", {"name": name, "image": image_id, "flavor": "1"})
    assert answer.status_code == 303, words(answer)
    work(visitor.client.application)
    return answer.location.rpartition("/")[2]


def snapshot(visitor: Visitor, server_id: str, name: str = "after-setup") -> None:
    assert visitor.post(f"servers/{server_id}/snapshot", {"name": name}).status_code == 303
    work(visitor.client.application)


def test_a_list_without_servers_says_what_to_do(consumer: Visitor) -> None:
    assert "Boot the first one" in consumer.read("servers")


def test_images_to_boot_from_are_offered(consumer: Visitor, shared: str) -> None:
    assert "golden (12 bytes)" in consumer.read("servers/new")
    assert f'value="{shared}" selected' in consumer.get(f"servers/new?image={shared}").text


def test_without_an_image_there_is_nothing_to_boot(consumer: Visitor) -> None:
    assert "There is no image to boot from." in consumer.read("servers/new")


def test_a_server_is_booted_snapshotted_and_deleted(consumer: Visitor, shared: str) -> None:
    answer = consumer.post("servers/new", {"name": "web-1", "image": shared, "flavor": "1"})
    assert "Under way: scheduling" in consumer.follow(answer)
    work(consumer.client.application)
    server_id = answer.location.rpartition("/")[2]
    assert "web-1 active" in consumer.read("servers")
    snapshot(consumer, server_id)
    told = consumer.read(f"servers/{server_id}")
    assert "image golden , shared, active" in told
    assert "snapshot after-setup , private, active" in told
    assert "Delete this server?" in consumer.read(f"servers/{server_id}/delete")
    assert "The server is deleted." in consumer.follow(consumer.post(f"servers/{server_id}/delete"))
    assert "after-setup" in consumer.read("images")


def test_a_server_is_stopped_and_started(consumer: Visitor, shared: str) -> None:
    server_id = boot(consumer, shared)
    assert "powering-off" in consumer.follow(consumer.post(f"servers/{server_id}/actions/os-stop"))
    work(consumer.client.application)
    assert consumer.post(f"servers/{server_id}/actions/os-stop").status_code == 409
    assert "Start" in consumer.read(f"servers/{server_id}")
    assert consumer.post(f"servers/{server_id}/actions/pause").status_code == 404


def test_the_lineage_stays_when_the_image_is_taken_back_and_tells_nothing_of_it(
    producer: Visitor, consumer: Visitor, shared: str
) -> None:
    server_id = boot(consumer, shared)
    snapshot(consumer, server_id)
    producer.post(f"images/{shared}/members", {"all": "1"})
    producer.post(f"images/{shared}/delete")
    page = consumer.get(f"servers/{server_id}")
    assert f"image {shared} , out of your sight" in words(page)
    assert "golden" not in page.text
    assert f'href="/panel/images/{shared}"' not in page.text
    assert "after-setup" in words(page)
    assert "<svg" in page.text
    snapshot(consumer, server_id, "after-the-end")
    told = consumer.read(f"servers/{server_id}")
    assert "after-the-end , private, active" in told


def test_a_snapshot_shows_where_it_comes_from_even_without_its_server(consumer: Visitor, shared: str) -> None:
    server_id = boot(consumer, shared)
    snapshot(consumer, server_id)
    listed = consumer.get("images").text
    snapshot_id = listed.partition('<th scope="row"><a href="/panel/images/')[2][:36]
    assert "server web-1 , active" in consumer.read(f"images/{snapshot_id}")
    consumer.post(f"servers/{server_id}/delete")
    told = consumer.read(f"images/{snapshot_id}")
    assert f"server {server_id} , deleted" in told
    assert "image golden" in told


def test_the_producer_sees_nothing_of_it(producer: Visitor, consumer: Visitor, shared: str) -> None:
    server_id = boot(consumer, shared)
    snapshot(consumer, server_id)
    told = producer.read(f"images/{shared}") + producer.read("images") + producer.read("servers")
    assert "web-1" not in told
    assert "after-setup" not in told
    assert producer.get(f"servers/{server_id}").status_code == 404


def test_properties_that_pretend_to_be_a_lineage_are_not_believed(
    producer: Visitor, consumer: Visitor, shared: str
) -> None:
    server_id = boot(consumer, shared)
    image_id = producer.image("pretender")
    edit = producer.get(f"images/{image_id}/edit").text
    seen = edit.partition('name="seen" value="')[2].partition('"')[0]
    properties = {"instance_uuid": server_id, "image_type": "snapshot", "base_image_ref": shared}
    form = {"seen": seen, "old": [""] * 3, "property": [*properties], "value": [*properties.values()]}
    assert producer.post(f"images/{image_id}/edit", form).status_code == 303
    told = producer.read(f"images/{image_id}")
    assert "web-1" not in told
    assert f"server {server_id} , deleted" in told


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"name": ""}, 400),
        ({"name": "x" * 256}, 400),
        ({"flavor": "77"}, 400),
        ({"image": "11111111-1111-4111-8111-111111111111"}, 400),
    ],
)
def test_what_cannot_be_booted(consumer: Visitor, shared: str, form: dict[str, str], status: int) -> None:
    given = {"name": "web", "image": shared, "flavor": "1", **form}
    assert consumer.post("servers/new", given).status_code == status
    assert "no servers" in consumer.read("servers")


def test_a_snapshot_needs_a_name(consumer: Visitor, shared: str) -> None:
    assert consumer.post(f"servers/{boot(consumer, shared)}/snapshot", {"name": " "}).status_code == 400


@pytest.mark.parametrize("change", ["actions/os-stop", "snapshot", "delete"])
def test_a_server_is_its_projects_alone(producer: Visitor, consumer: Visitor, shared: str, change: str) -> None:
    server_id = boot(consumer, shared)
    assert producer.post(f"servers/{server_id}/{change}", {"name": "x"}).status_code == 404
    assert "web-1 active" in consumer.read("servers")


@pytest.mark.parametrize("change", ["actions/os-stop", "snapshot", "delete"])
def test_a_reader_only_looks(producer: Visitor, reader: Visitor, change: str) -> None:
    server_id = boot(producer, producer.image())
    page = reader.get(f"servers/{server_id}").text
    assert f"/{change}" not in page
    assert reader.post(f"servers/{server_id}/{change}", {"name": "x"}).status_code == 403
    assert reader.get("servers/new").status_code == 403


def test_long_lists_come_in_pages(consumer: Visitor, shared: str, application: Flask) -> None:
    for number in range(26):
        consumer.post("servers/new", {"name": f"number-{number:02}", "image": shared, "flavor": "1"})
    page = consumer.get("servers").text
    following = page.partition('rel="next" href="/panel/')[2].partition('"')[0]
    assert "number-00" in consumer.read(following)
