"""Files of property protections: what is understood, and what is refused before anything is served."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from glance_emulator.domain import protections
from glance_emulator.errors import SetupError
from tests.domain.people import member_of

ALL = "create = {0}\nread = {0}\nupdate = {0}\ndelete = {0}\n"


def loaded(folder: Path, text: str) -> protections.RoleProtections:
    path = folder / "protections.ini"
    path.write_text(text)
    return protections.load(path)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        pytest.param(f"[k]\n{ALL.format('@')}", True, id="anybody"),
        pytest.param(f"[k]\n{ALL.format('!')}", False, id="nobody"),
        pytest.param(f"[k]\n{ALL.format('member')}", True, id="role"),
        pytest.param(f"[k]\n{ALL.format('other , Member')}", True, id="one of the roles"),
        pytest.param(f"[k]\n{ALL.format('other')}", False, id="other role"),
        pytest.param(f"[k]\n{ALL.format('')}", False, id="no role"),
        pytest.param(f"[k]\n{ALL.format('!')}[key]\n{ALL.format('@')}", False, id="the first rule counts"),
        pytest.param(f"[k$]\n{ALL.format('!')}[key]\n{ALL.format('@')}", True, id="the first rule that fits"),
        pytest.param(f"[y]\n{ALL.format('@')}", False, id="no rule"),
        pytest.param("", False, id="empty"),
    ],
)
def test_who_may(tmp_path: Path, text: str, allowed: bool) -> None:
    given = loaded(tmp_path, text)
    assert {given.allows(member_of("p"), operation, "key") for operation in protections.OPERATIONS} == {allowed}


def test_every_operation_has_roles_of_its_own(tmp_path: Path) -> None:
    given = loaded(tmp_path, "[.*]\ncreate = a\nread = b\nupdate = c\ndelete = d\n")
    for operation, role in zip(protections.OPERATIONS, "abcd", strict=True):
        may = {other for other in "abcd" if given.allows(member_of("p", other), operation, "key")}
        assert may == {role}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("nonsense", "{path} is not an INI file", id="not INI"),
        pytest.param(f"[k]\n{ALL}[k]\n{ALL}", "{path} is not an INI file", id="said twice"),
        pytest.param(f"[(]\n{ALL}", r"the section \[\(\] in {path} is not a regular expression", id="expression"),
        pytest.param(
            "[k]\ncreate = a\nread = a", r"the section \[k\] in {path} does not say who may update", id="missing"
        ),
        pytest.param(
            f"[k]\n{ALL.format('@, a')}", r"create in the section \[k\] of {path}: @ and ! stand alone", id="mixed"
        ),
    ],
)
def test_what_is_wrong_is_said_by_name(tmp_path: Path, text: str, said: str) -> None:
    said = said.replace("{path}", re.escape(str(tmp_path / "protections.ini")))
    with pytest.raises(SetupError, match=f"setting property_protections: {said}"):
        loaded(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=f"setting property_protections: cannot read {tmp_path}/none: No such file"):
        protections.load(tmp_path / "none")
