"""Policy files: what is understood, and what is refused before anything is served."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from glance_emulator.caller import Caller, Rules
from glance_emulator.db.images import Image
from glance_emulator.domain import rules
from glance_emulator.domain.policy import POLICY, allows, enforce
from glance_emulator.errors import Forbidden, NotFound, SetupError
from tests.domain.people import NOW

PROJECT = "here"


def loaded(folder: Path, text: str) -> Rules:
    path = folder / "policy.yaml"
    path.write_text(text)
    return rules.load(path)


def caller(given: Rules, *roles: str, project: str | None = PROJECT) -> Caller:
    return Caller("user", project, frozenset(roles), rules=given)


def image(**columns: Any) -> Image:
    return Image(id="id", owner=PROJECT, visibility="private", properties={}, tags=[], created_at=NOW, **columns)


@pytest.mark.parametrize("roles", [("admin",), ("member", "reader"), ("reader",), ("service",), ("other",)])
@pytest.mark.parametrize("project", [PROJECT, "elsewhere", None])
def test_without_rules_of_its_own_a_file_says_what_the_table_says(
    tmp_path: Path, roles: tuple[str, ...], project: str | None
) -> None:
    given, thing = loaded(tmp_path, ""), image()
    seen = thing.owner == project or "admin" in roles
    differing = {
        action
        for action in POLICY.keys() - {"modify_member"}
        if seen
        and allows(caller(given, *roles, project=project), action, PROJECT, thing)
        != allows(Caller("user", project, frozenset(roles)), action, PROJECT, thing)
    }
    assert differing == set()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"deactivate": "role:staff"', id="YAML"),
        pytest.param('{"deactivate": "role:staff"}', id="JSON"),
        pytest.param('"staff": "role:staff"\n"deactivate": "rule:staff"', id="alias"),
        pytest.param('"a": "rule:b"\n"b": "role:staff"\n"deactivate": "rule:a and not rule:c"\n"c": "!"', id="aliases"),
        pytest.param('"metadef_admin": "role:staff"\n"deactivate": "rule:metadef_admin"', id="known alias"),
        pytest.param("\"deactivate\": \"role:staff and 'raw':%(disk_format)s and 'v':%(k)s\"", id="thing"),
    ],
)
def test_rules_are_understood(tmp_path: Path, text: str) -> None:
    given, thing = loaded(tmp_path, text), image(disk_format="raw")
    thing.properties = {"k": "v"}
    assert allows(caller(given, "staff"), "deactivate", PROJECT, thing)
    assert not allows(caller(given, "admin"), "deactivate", PROJECT, thing)


def test_a_property_cannot_pass_for_an_attribute(tmp_path: Path) -> None:
    given, thing = loaded(tmp_path, '"deactivate": "project_id:%(owner)s"'), image()
    thing.properties = {"owner": "elsewhere", "project_id": "elsewhere", "member_id": "elsewhere"}
    assert not allows(caller(given, project="elsewhere"), "deactivate", PROJECT, thing)


def test_who_is_an_admin_can_be_said(tmp_path: Path) -> None:
    given = loaded(tmp_path, '"context_is_admin": "role:boss"')
    assert caller(given, "boss").is_admin
    assert not caller(given, "admin").is_admin
    assert allows(caller(given, "boss"), "add_metadef_tag")


def test_a_refusal_names_the_action(tmp_path: Path) -> None:
    given = loaded(tmp_path, '"deactivate": "!"\n"get_image": "role:reader"')
    with pytest.raises(Forbidden, match="deactivate"):
        enforce(caller(given, "reader"), "deactivate", PROJECT, image())
    with pytest.raises(NotFound):
        enforce(caller(given), "deactivate", PROJECT, image())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            '"deactivate": "role:a and"', "the rule deactivate in {path} is not one that can be read", id="syntax"
        ),
        pytest.param('"deactivate": "staff"', "the rule deactivate in {path} is not one that can be read", id="word"),
        pytest.param(
            '"deactivate": "rule:staff"', "the rule deactivate in {path} refers to staff, which is not", id="no alias"
        ),
        pytest.param(
            '"a": "rule:b"\n"b": "rule:a"\n"deactivate": "rule:a"', "the rule . in {path} names itself", id="circle"
        ),
        pytest.param('"deactivat": "@"', "there is no action deactivat, which {path} has a rule for", id="unknown"),
        pytest.param('"deactivate": 1', "the rule deactivate in {path} must be a string", id="number"),
        pytest.param("- deactivate", "{path} must map", id="list"),
        pytest.param('"deactivate": [', "{path} is neither YAML nor JSON", id="not YAML"),
    ],
)
def test_what_is_wrong_is_said_by_name(tmp_path: Path, text: str, said: str) -> None:
    path = re.escape(str(tmp_path / "policy.yaml"))
    with pytest.raises(SetupError, match=f"setting policy_file: {said.format(path=path)}"):
        loaded(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=f"setting policy_file: cannot read {tmp_path}/none: No such file"):
        rules.load(tmp_path / "none")
