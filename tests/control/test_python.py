"""The emulator's own API, from Python."""

from __future__ import annotations

import pytest

from glance_emulator.testing import World


def test_times_are_written_as_for_commands(glance: World) -> None:
    glance.freeze("2030-01-01T00:00:00Z")
    glance.fault({"latency": "1.5s"}, operation="images.index", lasts="1h")
    (fault,) = glance.control("GET", "faults")["faults"]
    assert (fault["effect"], fault["expires_at"][:19]) == ({"latency": 1.5}, "2030-01-01T01:00:00")
    glance.fault({"latency": {"distribution": "exponential", "mean": 1}}, lasts=60)
    glance.hold(snapshot={"after": "2m"}, server={"polls": 2}, task=None)
    held = glance.control("GET", "transitions")["transitions"]
    assert held == {"snapshot": {"after": 120}, "server": {"polls": 2}, "task": {}}
    with pytest.raises(ValueError, match="'soon' is not a time"):
        glance.advance("soon")


def test_the_clock_is_reset(glance: World) -> None:
    glance.freeze("2030-01-01T00:00:00Z")
    glance.reset_clock()
    assert glance.control("GET", "clock")["real"]


def test_a_persona_may_act_in_another_project(glance: World) -> None:
    assert glance.environment("admin", project="producer")["OS_PROJECT_NAME"] == "producer"
    assert glance.environment("eve", project="acme")["OS_PASSWORD"] == "secret"
