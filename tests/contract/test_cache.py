"""/v2/cache where there is no cache: permission and existence are settled first, and then there is nothing."""

from __future__ import annotations

import pytest

from tests.contract.actors import Actor


@pytest.mark.parametrize(("who", "status"), [("admin", 404), ("producer", 403)])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("DELETE", ""), ("GET", "/nodes/{image}"), ("PUT", "/{image}"), ("DELETE", "/{image}")],
)
def test_there_is_no_cache(
    request: pytest.FixtureRequest, producer: Actor, method: str, path: str, who: str, status: int
) -> None:
    image = producer.active_image()
    actor: Actor = request.getfixturevalue(who)
    assert actor(method, "/v2/cache" + path.format(image=image["id"])).status_code == status


def test_a_download_is_announced(producer: Actor) -> None:
    image = producer.active_image(b"some bytes")
    for _ in range(2):
        answer = producer.get(image["file"])
        assert (answer.content, answer.headers["Content-Length"]) == (b"some bytes", "10")
