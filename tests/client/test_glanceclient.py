"""python-glanceclient as a library: what the story does not touch."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import glanceclient
import pytest
from glanceclient import exc
from keystoneauth1.exceptions import Unauthorized
from keystoneauth1.identity import V3Password
from keystoneauth1.session import Session

from tests.client.cloud import Cloud
from tests.client.conftest import keystone_session

BARE = {"disk_format": "raw", "container_format": "bare"}


@pytest.fixture
def producer(cloud: Cloud) -> Any:
    return glanceclient.Client("2", session=keystone_session(cloud, "producer"))


@pytest.fixture
def consumer(cloud: Cloud) -> Any:
    return glanceclient.Client("2", session=keystone_session(cloud, "consumer"))


def test_wrong_password_is_refused(cloud: Cloud) -> None:
    session = Session(V3Password(**{**cloud.login("producer"), "password": "guess"}))
    with pytest.raises(Unauthorized):
        list(glanceclient.Client("2", session=session).images.list())


def test_forged_token_is_refused(cloud: Cloud) -> None:
    with pytest.raises(exc.HTTPUnauthorized):
        list(glanceclient.Client(endpoint=f"{cloud.url}/v2", token="forged").images.list())


def test_token_and_endpoint_are_enough(cloud: Cloud, producer: Any) -> None:
    image = producer.images.create(name="by-token", **BARE)
    token = keystone_session(cloud, "producer").get_token()
    assert glanceclient.Client(endpoint=f"{cloud.url}/v2", token=token).images.get(image.id).name == "by-token"


def test_unknown_image_is_not_found(producer: Any) -> None:
    with pytest.raises(exc.HTTPNotFound):
        producer.images.get("11111111-2222-3333-4444-555555555555")


def test_image_is_checked_against_the_schema_that_the_service_gives(producer: Any) -> None:
    with pytest.raises(TypeError):
        producer.images.create(name="bad", disk_format="floppy", container_format="bare")
    assert "min_disk" in producer.schemas.get("image").raw()["properties"]


def test_image_without_data_has_none_to_download(producer: Any) -> None:
    image = producer.images.create(name="queued", **BARE)
    assert image.status == "queued"
    assert producer.images.data(image.id).wrapped is None


def test_data_is_uploaded_once(producer: Any) -> None:
    image = producer.images.create(name="once", **BARE)
    producer.images.upload(image.id, io.BytesIO(b"first"))
    with pytest.raises(exc.HTTPConflict):
        producer.images.upload(image.id, io.BytesIO(b"second"))
    assert b"".join(producer.images.data(image.id)) == b"first"


def test_large_upload_comes_back_with_its_checksums(producer: Any, large: Path) -> None:
    content = large.read_bytes()
    image = producer.images.create(name="large", **BARE)
    with large.open("rb") as file:
        producer.images.upload(image.id, file, image_size=len(content))
    found = producer.images.get(image.id)
    assert found.size == len(content)
    assert found.checksum == hashlib.md5(content).hexdigest()
    assert (found.os_hash_algo, found.os_hash_value) == ("sha512", hashlib.sha512(content).hexdigest())
    assert b"".join(producer.images.data(image.id)) == content  # which the client verifies, too


def test_list_goes_over_pages(producer: Any) -> None:
    made = {producer.images.create(name=f"paged-{number}", tags=["paged"], **BARE).id for number in range(7)}
    found = [image.id for image in producer.images.list(page_size=2, filters={"tag": ["paged"]}, sort="name:asc")]
    assert len(found) == 7
    assert set(found) == made
    assert [image.id for image in producer.images.list(limit=3, page_size=2, filters={"tag": ["paged"]})] != []


def test_properties_are_set_replaced_and_removed(producer: Any) -> None:
    image = producer.images.create(name="described", colour="red", **BARE)
    changed = producer.images.update(image.id, colour="blue", shape="round")
    assert (changed.colour, changed.shape) == ("blue", "round")
    assert [found.id for found in producer.images.list(filters={"shape": "round", "name": "described"})] == [image.id]
    assert "colour" not in producer.images.update(image.id, remove_props=["colour"])


def test_tag_is_removed(producer: Any) -> None:
    image = producer.images.create(name="tagged", tags=["one", "two"], **BARE)
    producer.image_tags.delete(image.id, "one")
    assert producer.images.get(image.id).tags == ["two"]
    with pytest.raises(exc.HTTPNotFound):
        producer.image_tags.delete(image.id, "one")


def test_member_of_an_image_is_shown_to_both_sides(cloud: Cloud, producer: Any, consumer: Any) -> None:
    image = producer.images.create(name="both", **BARE)
    project = cloud.projects["consumer"]
    producer.image_members.create(image.id, project)
    for side in (producer, consumer):
        assert side.image_members.get(image.id, project).status == "pending"


def test_bad_answer_is_refused(cloud: Cloud, producer: Any, consumer: Any) -> None:
    image = producer.images.create(name="answered", **BARE)
    producer.image_members.create(image.id, cloud.projects["consumer"])
    with pytest.raises(exc.HTTPBadRequest):
        consumer.image_members.update(image.id, cloud.projects["consumer"], "perhaps")


def test_image_takes_128_members(producer: Any) -> None:
    image = producer.images.create(name="popular", **BARE)
    for number in range(128):
        producer.image_members.create(image.id, f"project-{number}")
    with pytest.raises(exc.HTTPException) as refusal:
        producer.image_members.create(image.id, "one-too-many")
    assert refusal.value.code == 413


@pytest.mark.parametrize("visibility", ["private", "community"])
def test_only_shared_images_have_members(producer: Any, visibility: str) -> None:
    image = producer.images.create(name="not-shared", visibility=visibility, **BARE)
    with pytest.raises(exc.HTTPForbidden):
        producer.image_members.create(image.id, "somebody")


def test_only_an_admin_makes_an_image_public(cloud: Cloud, producer: Any, consumer: Any) -> None:
    image = producer.images.create(name="for-all", **BARE)
    with pytest.raises(exc.HTTPForbidden):
        producer.images.update(image.id, visibility="public")
    admin = glanceclient.Client("2", session=keystone_session(cloud, "admin"))
    admin.images.update(image.id, visibility="public")
    assert image.id in {found.id for found in consumer.images.list()}
    admin.images.delete(image.id)
