"""openstacksdk: what the story does not touch, and Identity with it."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import openstack
import pytest
from keystoneauth1.exceptions import NotFound, Unauthorized
from openstack import exceptions

from tests.client.cloud import Cloud, project_of

# The SDK warns of what it calls within itself.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning:openstack")

BARE = {"disk_format": "raw", "container_format": "bare"}


def connect(auth: dict[str, Any], **options: Any) -> Any:
    own: dict[str, Any] = {"load_yaml_config": False, "load_envvars": False, "region_name": "RegionOne"}
    return openstack.connect(auth=auth, **own, **options)


@pytest.fixture
def producer(cloud: Cloud) -> Any:
    return connect(cloud.login("producer"))


@pytest.fixture
def admin(cloud: Cloud) -> Any:
    return connect(cloud.login("admin"))


@pytest.mark.parametrize("persona", ["admin", "producer", "consumer", "outsider", "reader"])
def test_clouds_yaml_of_the_command_lets_everybody_in(
    cloud: Cloud, persona: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "glance_emulator", "clouds", "--url", cloud.url]
    (tmp_path / "clouds.yaml").write_bytes(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    connection = openstack.connect(cloud=persona)
    assert connection.current_project_id == cloud.projects[project_of(persona)]
    assert list(connection.image.images(name="nothing")) == []


def test_wrong_password_is_refused(cloud: Cloud) -> None:
    with pytest.raises(Unauthorized):
        list(connect({**cloud.login("producer"), "password": "guess"}).image.images())


def test_foreign_project_is_refused(cloud: Cloud) -> None:
    with pytest.raises(Unauthorized):
        connect(cloud.login("producer", project="consumer")).session.get_token()


def test_unknown_image_is_not_found(producer: Any) -> None:
    with pytest.raises(exceptions.NotFoundException):
        producer.image.get_image("11111111-2222-3333-4444-555555555555")
    assert producer.image.find_image("no-such-name", ignore_missing=True) is None


def test_image_is_found_by_name(producer: Any) -> None:
    image = producer.image.create_image("findable", allow_duplicates=True, data=io.BytesIO(b"bytes"), **BARE)
    assert producer.image.find_image("findable", ignore_missing=False).id == image.id


def test_large_upload_comes_back_with_its_checksums(producer: Any, large: Path, tmp_path: Path) -> None:
    with large.open("rb") as file:
        image = producer.image.create_image("large", data=file, allow_duplicates=True, wait=True, **BARE)
    digest = hashlib.sha512(large.read_bytes()).hexdigest()
    found = producer.image.get_image(image.id)
    assert (found.status, found.size, found.hash_value) == ("active", large.stat().st_size, digest)
    producer.image.download_image(image.id, output=str(tmp_path / "back"))  # which the client verifies, too
    assert hashlib.sha512((tmp_path / "back").read_bytes()).hexdigest() == digest


def test_upload_with_a_wrong_checksum_is_noticed_by_the_client(producer: Any) -> None:
    with pytest.raises(exceptions.SDKException, match="checksum"):
        producer.image.create_image(
            "damaged", data=io.BytesIO(b"bytes"), md5="0" * 32, allow_duplicates=True, validate_checksum=True, **BARE
        )


def test_list_is_filtered_and_goes_over_pages(producer: Any) -> None:
    made = {
        producer.image.create_image(f"sdk-{number}", allow_duplicates=True, tags=["sdk-paged"], **BARE).id
        for number in range(5)
    }
    assert {image.id for image in producer.image.images(tag="sdk-paged", limit=2)} == made
    names = [image.name for image in producer.image.images(tag="sdk-paged", sort="name:desc", limit=2)]
    assert names == [f"sdk-{number}" for number in (4, 3, 2, 1, 0)]


def test_member_is_found_and_shown(cloud: Cloud, producer: Any) -> None:
    image = producer.image.create_image("shared-by-sdk", allow_duplicates=True, **BARE)
    project = cloud.projects["consumer"]
    producer.image.add_member(image, member_id=project)
    assert producer.image.get_member(project, image).status == "pending"
    assert producer.image.find_member(project, image).member_id == project
    assert producer.image.find_member("somebody-else", image, ignore_missing=True) is None


def test_new_project_with_a_new_user_receives_a_share(cloud: Cloud, admin: Any, producer: Any) -> None:
    project = admin.identity.create_project(name="newcomers", domain_id="default")
    user = admin.identity.create_user(
        name="newcomer", password="a-password", default_project_id=project.id, domain_id="default"
    )
    role = admin.identity.find_role("member")
    admin.identity.assign_project_role_to_user(project.id, user.id, role.id)
    login = {**cloud.login("newcomer", project="newcomers"), "password": "a-password"}
    newcomer = connect(login)

    image = producer.image.create_image("welcome", allow_duplicates=True, **BARE)
    producer.image.add_member(image, member_id=project.id)
    newcomer.image.update_member(project.id, image, status="accepted")
    assert image.id in {found.id for found in newcomer.image.images()}

    admin.identity.unassign_project_role_from_user(project.id, user.id, role.id)
    with pytest.raises(Unauthorized):
        connect(login).session.get_token()
    admin.identity.delete_user(user)
    admin.identity.delete_project(project)


def test_application_credential_logs_in_until_it_is_deleted(cloud: Cloud, producer: Any) -> None:
    user = producer.current_user_id
    made = producer.identity.create_application_credential(user, "robot")
    auth = {
        "auth_url": f"{cloud.url}/identity/v3",
        "application_credential_id": made.id,
        "application_credential_secret": made.secret,
    }
    robot = connect(auth, auth_type="v3applicationcredential")
    assert robot.current_project_id == cloud.projects["producer"]
    assert list(robot.image.images(name="nothing")) == []
    producer.identity.delete_application_credential(user, made)
    with pytest.raises(NotFound):
        connect(auth, auth_type="v3applicationcredential").session.get_token()


def test_token_logs_in_and_does_not_once_revoked(cloud: Cloud, producer: Any) -> None:
    auth = {name: text for name, text in cloud.login("producer").items() if name not in ("username", "user_domain_id")}
    auth["token"] = producer.auth_token
    del auth["password"]
    assert connect(auth, auth_type="v3token").current_project_id == cloud.projects["producer"]
    producer.session.delete(
        "/v3/auth/tokens",
        endpoint_override=f"{cloud.url}/identity",
        headers={"X-Subject-Token": auth["token"]},
    )
    with pytest.raises(NotFound):
        connect(auth, auth_type="v3token").session.get_token()


def test_catalog_names_the_services_where_the_client_came(cloud: Cloud, producer: Any) -> None:
    endpoints = {service: producer.session.get_endpoint(service_type=service) for service in ("image", "identity")}
    assert endpoints == {"image": cloud.url, "identity": f"{cloud.url}/identity/v3"}
    assert producer.session.get_endpoint(service_type="compute").startswith(cloud.url)
