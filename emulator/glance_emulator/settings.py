"""Every setting: its name, type, default and meaning; the only reader of the environment.

A setting is an option of `glance-emulator serve`, a variable GLANCE_EMULATOR_*, and a key in a TOML file. The option
wins over the variable, the variable over the file.
"""
# ruff: noqa: RUF009 - _setting makes a field, as dataclasses.field does

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from glance_emulator.errors import SetupError

PREFIX = "GLANCE_EMULATOR_"
CONFIG = PREFIX + "CONFIG"
"""The variable that names the TOML file."""
URL = PREFIX + "URL"
"""The variable that names the emulator that commands mean."""
CACERT = PREFIX + "CACERT"
"""The variable that names the certificate to trust for it."""

Value = TypeVar("Value")

QUOTAS = ("image_size_total", "image_stage_total", "image_count_total", "image_count_uploading")
"""What can be limited for projects; the sizes are in MiB."""

LATEST = "latest"
RELEASES = (
    "queens", "rocky", "stein", "train", "ussuri", "victoria", "wallaby", "xena", "yoga", "zed", "2023.1", "2023.2",
    "2024.1", "2024.2", "2025.1", "2025.2", "2026.1", "2026.2", LATEST,
)  # fmt: skip
"""Releases of the real service, oldest first."""


def _setting(default: Value, meaning: str, metavar: str = "", choices: tuple[str, ...] = (), option: str = "") -> Value:
    metadata = {"meaning": meaning, "metavar": metavar, "choices": choices, "option": option}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """What the emulator is told; a field's metadata says what it means."""

    host: str = _setting("127.0.0.1", "Address to listen on.", "ADDRESS")
    port: int = _setting(9292, "Port to listen on; 0 takes any free one.", "PORT")
    state: Path | None = _setting(None, "Folder that keeps the state.  [default: in the user's state folder]", "DIR")
    ephemeral: bool = _setting(False, "Keep the state in a temporary folder that is removed at the end.")
    auth: str = _setting(
        "keystone",
        "Who says who calls: the embedded Identity's tokens, or trusted identity headers.",
        choices=("keystone", "trusted"),
    )
    release: str = _setting(
        LATEST, "The release of Glance that is served, with what it had and had not.", choices=RELEASES
    )
    workers: int = _setting(1, "Processes that serve.", "N")
    threads: int = _setting(256, "Requests that each process serves at a time.", "N")
    stores: tuple[str, ...] = _setting(
        ("local",),
        "A store for image data, at a file:// URL or in the state folder; http: stands for web servers, which are only "
        "read. Repeat it for more; the first is default.",
        "NAME[=URL]",
        option="--store",
    )
    import_methods: tuple[str, ...] = _setting(
        ("glance-direct", "web-download", "copy-image"),
        "A way to import image data; repeat it. There is glance-download besides these.",
        "METHOD",
        option="--import-method",
    )
    cache: bool = _setting(False, "Keep a cache of images, with its API (and so v2.18).")
    cache_size: int = _setting(10240, "MiB that the cache may have after it was pruned.", "MIB")
    locations: bool = _setting(False, "Show where image data are, and let PATCH change it.")
    rejected_members: str = _setting(
        "keep-access",
        "What a project that rejected an image may: read it by id still, as in Glance, or nothing, as in other clouds.",
        choices=("keep-access", "lose-access"),
    )
    quotas: tuple[str, ...] = _setting(
        (),
        "What a project may have at the most: image_count_total, image_size_total or image_stage_total (MiB), "
        "image_count_uploading; repeat it for more.  [default: no limits]",
        "NAME=N",
        option="--quota",
    )
    metadefs: Path | None = _setting(None, "Folder of metadata definitions (JSON) to load into a new state.", "DIR")
    policy_file: Path | None = _setting(None, "Rules (oslo.policy's YAML) that override the default policy.", "FILE")
    property_protections: Path | None = _setting(None, "Rules for who may do what with which property.", "FILE")
    cors_origins: tuple[str, ...] = _setting(
        (),
        "An origin whose web pages may call; * stands for any.  [default: none]",
        "ORIGIN",
        option="--cors-origin",
    )
    database: str | None = _setting(
        None, "SQLAlchemy URL of the database.  [default: SQLite in the state folder]", "URL"
    )
    public_url: str | None = _setting(None, "Address that clients are told, if not the one they came by.", "URL")
    tls_cert: Path | None = _setting(None, "Certificate (PEM), to serve HTTPS.", "FILE")
    tls_key: Path | None = _setting(None, "Private key (PEM) of the certificate.", "FILE")
    journal: int = _setting(4000, "Answered requests that are remembered, with what was decided and why; 0: none.", "N")
    log_format: str = _setting("text", "How requests are logged.", choices=("text", "json"))
    seed_file: Path | None = _setting(
        None, "Projects, users, images and servers (YAML) that a new state begins with.", "FILE"
    )
    admin_password: str | None = _setting(
        None, "Password of the user admin in a new state.  [default: secret]", "PASSWORD"
    )

    def __post_init__(self) -> None:
        """Refuse what cannot work, by name."""
        if not 0 <= self.port <= 65535:
            raise SetupError(f"setting port: {self.port} is not a port; ports go from 0 to 65535")
        for name in ("workers", "threads"):
            if getattr(self, name) < 1:
                raise SetupError(f"setting {name}: at least 1 is needed")
        for name in ("cache_size", "journal"):
            if getattr(self, name) < 0:
                raise SetupError(f"setting {name}: at least 0 is needed")
        for item in fields(self):
            choices = item.metadata["choices"]
            if choices and getattr(self, item.name) not in choices:
                raise SetupError(f"setting {item.name}: {getattr(self, item.name)!r} is none of {', '.join(choices)}")
        if bool(self.tls_cert) != bool(self.tls_key):
            raise SetupError("settings tls_cert and tls_key: one needs the other")
        if self.ephemeral and self.state:
            raise SetupError("settings ephemeral and state: only one of them makes sense")
        if self.public_url is not None:
            object.__setattr__(self, "public_url", self.public_url.rstrip("/"))
            parts = urlsplit(self.public_url)
            if parts.scheme not in ("http", "https") or not parts.netloc:
                raise SetupError(f"setting public_url: {self.public_url!r} is not an http(s) URL")
        for origin in self.cors_origins:
            parts = urlsplit(origin)
            if origin != "*" and (
                parts.scheme not in ("http", "https") or f"{parts.scheme}://{parts.netloc}" != origin
            ):
                raise SetupError(
                    f"setting cors_origins: {origin!r} is neither * nor an origin like https://web.example"
                )
        if not self.stores:
            raise SetupError("setting stores: at least one is needed")
        self.limits()

    def limits(self) -> Mapping[str, int]:
        """Return the quotas as numbers, -1 for none; raise SetupError for one that is none."""
        found = {}
        for quota in self.quotas:
            name, _, number = quota.partition("=")
            if name not in QUOTAS:
                raise SetupError(f"setting quotas: {name!r} is none of {', '.join(QUOTAS)}")
            if not re.fullmatch(r"-1|\d{1,9}", number, re.ASCII):
                raise SetupError(f"setting quotas: {quota!r} needs a number from 0 on, or -1 for no limit")
            if name in found:
                raise SetupError(f"setting quotas: {name} stands there twice")
            found[name] = int(number)
        return found

    @property
    def state_folder(self) -> Path:
        """The folder that keeps the state, unless it is ephemeral."""
        import platformdirs  # late: an ephemeral state needs no such place

        return self.state or platformdirs.user_state_path("glance-emulator")


FIELDS: Mapping[str, Field[Any]] = {item.name: item for item in fields(Settings)}
RIVALS = {"state": "ephemeral", "ephemeral": "state"}
KINDS = {
    "str": "a string",
    "int": "a whole number",
    "bool": "true or false",
    "Path": "a path",
    "tuple[str, ...]": "a list of strings",
}
"""The types that settings have, in words."""


def option(name: str) -> str:
    """Return the option of `glance-emulator serve` that sets the setting."""
    return FIELDS[name].metadata["option"] or "--" + name.replace("_", "-")


def words(default: object) -> str:
    """Return a default as a user writes it; empty if there is none."""
    if isinstance(default, tuple):
        return " ".join(default)
    return "" if default is None else str(default)


def kind(name: str) -> str:
    """Return the type of the setting's values, as it stands in KINDS."""
    return str(FIELDS[name].type).removesuffix(" | None")


def arguments(chosen: Settings, without: Collection[str] = ()) -> Iterator[str]:
    """Yield the options of `glance-emulator serve` that make these settings, but for those in `without`."""
    for name, item in FIELDS.items():
        value = getattr(chosen, name)
        if name in without or value == item.default:
            continue
        if value is True:
            yield option(name)
        else:
            for one in value if isinstance(value, tuple) else (value,):
                yield f"{option(name)}={one}"


def read(options: Mapping[str, Any], config: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings from options, environment and file; raise SetupError for an unknown or ill-typed one."""
    values: dict[str, Any] = {}
    for given in (_from_file(config or _named_file(environ)), _from_environment(environ), _from_options(options)):
        for name in RIVALS.keys() & given.keys():
            values.pop(RIVALS[name], None)  # the later source has decided which of the two it is
        values.update(given)
    return Settings(**values)


def cacert(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the certificate to trust for the emulator that is named, if the environment tells of one."""
    return environ.get(CACERT) or None


def _from_options(options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _typed(name, value, f"(option {option(name)})") for name, value in options.items() if value is not None
    }


def _named_file(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(CONFIG)
    return Path(named) if named else None


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    import tomllib  # late: it takes its time, and most starts have no file

    try:
        document = tomllib.loads(path.read_text())
    except OSError as reason:
        raise SetupError(f"cannot read the settings file {path}: {reason.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        raise SetupError(f"the settings file {path} is not TOML: {reason}") from None
    return {_known(name, f"in {path}"): _typed(name, value, f"in {path}") for name, value in document.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable in (CONFIG, URL, CACERT) or not text:
            continue  # an empty variable is none: that is how compose files and CI leave one out
        name = _known(variable.removeprefix(PREFIX).lower(), f"(variable {variable})")
        found[name] = _typed(name, _parsed(name, text), f"(variable {variable})")
    return found


def _known(name: str, place: str) -> str:
    if name not in FIELDS:
        raise SetupError(f"unknown setting {name} {place}; there are: {', '.join(FIELDS)}")
    return name


def _parsed(name: str, text: str) -> object:
    """Read a variable's text as the setting's type where it can be, else leave it to be refused."""
    if kind(name) == "int" and text.strip().isdecimal():
        return int(text)
    if kind(name) == "bool":
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)
    if kind(name) == "tuple[str, ...]":
        return text.split()
    return text


def _typed(name: str, value: object, place: str) -> object:
    wanted = kind(name)
    if wanted == "Path" and isinstance(value, str):
        return Path(value).expanduser()
    if wanted == "tuple[str, ...]" and isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if type(value).__name__ == wanted:
        return value
    raise SetupError(f"setting {name} {place}: {value!r} is not {KINDS[wanted]}")
