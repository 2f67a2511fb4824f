"""Settings: options over variables over the file; nothing unknown or ill-typed gets through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glance_emulator import settings
from glance_emulator.errors import SetupError
from glance_emulator.settings import Settings


def read(options: dict[str, Any] | None = None, toml: Path | None = None, **variables: Any) -> Settings:
    environ = {settings.PREFIX + name.upper(): text for name, text in variables.items()}
    return settings.read(options or {}, toml, environ)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text('port = 1\nworkers = 1\nthreads = 1\nstores = ["fast", "far=file:///far"]\nstate = "/some/where"\n')
    return path


def test_defaults() -> None:
    assert read() == Settings()
    assert (read().host, read().port, read().auth) == ("127.0.0.1", 9292, "keystone")


def test_option_wins_over_variable_wins_over_file(file: Path) -> None:
    found = read({"port": 3}, file, port="2", workers="2")
    assert (found.port, found.workers, found.threads) == (3, 2, 1)


def test_the_variable_config_names_the_file(file: Path) -> None:
    assert read(config=str(file)).stores == ("fast", "far=file:///far")


def test_options_that_are_not_given_change_nothing() -> None:
    assert read({"port": None}, port="2").port == 2


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("port", "0", 0, id="int"),
        pytest.param("ephemeral", "TRUE", True, id="true"),
        pytest.param("ephemeral", "0", False, id="false"),
        pytest.param("stores", "a b=file:///b", ("a", "b=file:///b"), id="list"),
        pytest.param("state", "/some/where", Path("/some/where"), id="path"),
        pytest.param("public_url", "https://images.example/", "https://images.example", id="url"),
        pytest.param("port", "", 9292, id="empty is not set"),
    ],
)
def test_variables_have_the_type_of_the_setting(name: str, text: str, value: object) -> None:
    assert getattr(settings.read({}, environ={settings.PREFIX + name.upper(): text}), name) == value


def test_a_path_may_begin_at_home() -> None:
    assert read(state="~/here").state == Path.home() / "here"


def test_quotas_are_numbers() -> None:
    assert read(quotas="image_count_total=5 image_size_total=-1").limits() == {
        "image_count_total": 5,
        "image_size_total": -1,
    }


@pytest.mark.parametrize(
    ("options", "variables", "ephemeral"),
    [
        pytest.param({"ephemeral": True}, {"state": "/s"}, True, id="ephemeral over state"),
        pytest.param({"state": "/s"}, {"ephemeral": "1"}, False, id="state over ephemeral"),
    ],
)
def test_the_later_source_decides_where_the_state_is(
    options: dict[str, Any], variables: dict[str, Any], ephemeral: bool
) -> None:
    found = read(options, **variables)
    assert found.ephemeral is ephemeral
    assert (found.state is None) is ephemeral


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param(
            {"port": "many"}, r"setting port \(variable GLANCE_EMULATOR_PORT\): 'many' is not a whole", id="int"
        ),
        pytest.param({"ephemeral": "perhaps"}, "'perhaps' is not true or false", id="bool"),
        pytest.param({"colour": "red"}, r"unknown setting colour \(variable GLANCE_EMULATOR_COLOUR\)", id="unknown"),
        pytest.param({"port": "65536"}, "setting port: 65536 is not a port", id="port"),
        pytest.param({"workers": "0"}, "setting workers: at least 1", id="workers"),
        pytest.param({"threads": "0"}, "setting threads: at least 1", id="threads"),
        pytest.param({"auth": "none"}, "setting auth: 'none' is none of keystone, trusted", id="choice"),
        pytest.param({"tls_cert": "c.pem"}, "tls_cert and tls_key: one needs the other", id="half of TLS"),
        pytest.param({"ephemeral": "1", "state": "/s"}, "only one of them", id="two places"),
        pytest.param({"public_url": "ftp://x"}, "setting public_url: 'ftp://x' is not", id="scheme"),
        pytest.param({"public_url": "http://"}, "setting public_url: 'http:' is not", id="no host"),
        pytest.param({"cors_origins": "web.example"}, "setting cors_origins: 'web.example' is neither", id="origin"),
        pytest.param(
            {"cors_origins": "http://web.example/"}, "'http://web.example/' is neither", id="origin with path"
        ),
        pytest.param({"stores": " "}, "setting stores: at least one", id="no store"),
        pytest.param(
            {"quotas": "images=5"}, "setting quotas: 'images' is none of image_size_total", id="quota of what"
        ),
        pytest.param({"quotas": "image_count_total"}, "'image_count_total' needs a number", id="quota without number"),
        pytest.param({"quotas": "image_count_total=-2"}, "'image_count_total=-2' needs a number", id="negative quota"),
        pytest.param(
            {"quotas": "image_count_total=1 image_count_total=2"},
            "image_count_total stands there twice",
            id="two quotas",
        ),
        pytest.param({"config": "/nowhere"}, "cannot read the settings file /nowhere: No such file", id="no file"),
    ],
)
def test_a_wrong_variable_is_named(variables: dict[str, Any], said: str) -> None:
    with pytest.raises(SetupError, match=said):
        read(**variables)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param(
            'colour = "red"', "unknown setting colour in .*settings.toml; there are: host, port", id="unknown"
        ),
        pytest.param('port = "1"', "setting port in .*settings.toml: '1' is not a whole number", id="ill-typed"),
        pytest.param("port = true", "setting port in .*: True is not a whole number", id="a boolean is no number"),
        pytest.param("stores = [1]", "is not a list of strings", id="ill-typed item"),
        pytest.param("state = 1", "1 is not a path", id="path"),
        pytest.param("host = 1", "1 is not a string", id="string"),
        pytest.param("port =", "settings.toml is not TOML", id="syntax"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, document: str, said: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(document)
    with pytest.raises(SetupError, match=said):
        read(toml=path)


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(SetupError, match=r"setting port \(option --port\): 'x' is not"):
        read({"port": "x"})


def test_every_setting_says_what_it_means() -> None:
    for name, item in settings.FIELDS.items():
        assert item.metadata["meaning"].rstrip().endswith((".", "]")), name
        assert settings.kind(name) in settings.KINDS


def test_the_state_is_kept_in_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/states")
    assert read().state_folder == Path("/states/glance-emulator")
