"""POST /v2/images/{id}/import: what is no order."""

from __future__ import annotations

import pytest

from tests.contract.actors import Actor
from tests.contract.importing import image_in, settled, show
from tests.contract.stores import SECOND

DIRECT = '{"method": {"name": "glance-direct"}'
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("state", ["queued", "uploading", "active"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="none"),
        pytest.param("x", id="no-json"),
        pytest.param("null", id="null"),
        pytest.param('"x"', id="text"),
        pytest.param("{}", id="empty"),
        pytest.param(f'{{"stores": ["{SECOND}"]}}', id="without-a-method"),
        pytest.param('{"method": {}}', id="without-a-name"),
        pytest.param('{"method": {"uri": "http://x/"}}', id="only-a-uri"),
        pytest.param('{"method": {"name": null}}', id="name-null"),
        pytest.param('{"method": {"name": 1}}', id="name-number"),
        pytest.param('{"method": {"name": ""}}', id="name-empty"),
        pytest.param('{"method": {"name": ["glance-direct"]}}', id="name-list"),
        pytest.param('{"method": {"name": "Glance-Direct"}}', id="name-capitalised"),
        pytest.param('{"method": {"name": "glance-download"}}', id="method-that-is-off"),
        pytest.param(DIRECT + ', "all_stores": "true"}', id="all_stores-text"),
        pytest.param(DIRECT + ', "all_stores": 1}', id="all_stores-number"),
        pytest.param(DIRECT + ', "all_stores": null}', id="all_stores-null"),
        pytest.param(DIRECT + ', "all_stores_must_succeed": "true"}', id="must-text"),
        pytest.param(DIRECT + ', "all_stores_must_succeed": 0}', id="must-number"),
        pytest.param(DIRECT + ', "all_stores_must_succeed": null}', id="must-null"),
    ],
)
def test_no_order(producer: Actor, body: str, state: str) -> None:
    image = image_in(producer, state)
    answer = producer("POST", f"{image['self']}/import", data=body, headers=JSON)
    assert answer.status_code == 400
    assert show(producer, image)["status"] == state


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "application/octet-stream", None])
def test_the_media_type_of_an_order_does_not_matter(producer: Actor, media_type: str | None) -> None:
    image = image_in(producer, "uploading")
    headers = {"Content-Type": media_type} if media_type else {}
    answer = producer("POST", f"{image['self']}/import", data=DIRECT + "}", headers=headers)
    assert answer.status_code == 202
    assert settled(producer, image)["status"] == "active"


@pytest.mark.parametrize(
    "more",
    [pytest.param('"other": 1', id="other"), pytest.param(f'"stores": ["{SECOND}"], "method2": {{}}', id="method2")],
)
def test_what_is_unknown_does_not_matter(producer: Actor, more: str) -> None:
    image = image_in(producer, "uploading")
    answer = producer("POST", f"{image['self']}/import", data=f"{DIRECT}, {more}}}", headers=JSON)
    assert answer.status_code == 202
    assert settled(producer, image)["status"] == "active"
