"""The Image service that is asked: one of a cloud in clouds.yaml, or one that trusts identity headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from glance_emulator.verify.leavings import Ask

ADMIN = {
    "X-Identity-Status": "Confirmed",
    "X-User-Id": "glance-emulator-verify",
    "X-Project-Id": "glance-emulator-verify",
    "X-Roles": "admin,member,reader",
}
"""Who removes images from a service that trusts headers."""


@dataclass(frozen=True)
class Service:
    """An Image service, and the Identity service that it believes."""

    url: str
    ask: Ask
    """Asks the Image service, as an admin."""
    identity: Ask | None = None
    """Asks Identity, as an admin; None where headers are trusted."""
    auth_url: str = ""
    """Where to log in, up to and with /v3."""
    domain: str = ""
    """The id of the domain of the admin's project, where others may be made."""
    verify: Any = True
    """The certificate to trust, or whether to look at certificates at all, as requests takes it."""

    @property
    def asked_identity(self) -> Ask:
        """Identity, where there is one."""
        if self.identity is None:
            raise LookupError("headers are trusted")
        return self.identity


def trusting(url: str) -> Service:
    """Return the service at a URL; raise UsageError if it is not there, or does not believe headers."""
    import requests

    url = url.rstrip("/")

    def ask(method: str, path: str, **options: Any) -> requests.Response:
        headers = {**ADMIN, **options.pop("headers", {})}
        return requests.request(method, url + path, headers=headers, timeout=60, **options)

    try:
        status = ask("GET", "/v2/images?limit=1").status_code
    except requests.RequestException as reason:
        raise click.UsageError(f"{url} does not answer: {type(reason).__name__}") from None
    if status != 200:
        raise click.UsageError(
            f"{url} answers {status} to an admin by identity headers: is it a Glance that trusts them?"
        )
    return Service(url, ask)


def of_cloud(name: str) -> Service:
    """Return the service of a cloud in clouds.yaml; raise UsageError if we are no admin there."""
    import openstack
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import SDKException

    try:
        connection: Any = openstack.connect(cloud=name)
        access = connection.session.auth.get_access(connection.session)
        url = _endpoint(connection)
        keystone = connection.session.get_endpoint(
            service_type="identity", region_name=connection.config.get_region_name()
        )
    except (ClientException, SDKException) as reason:
        raise click.UsageError(f"cloud {name}: {str(reason).splitlines()[0]}") from None
    if "admin" not in access.role_names:
        raise click.UsageError(
            f"cloud {name}: {access.username} has not the role admin, which it takes to make projects and users"
        )
    if access.project_id is None:  # whom the Image service lets see and delete nothing
        raise click.UsageError(f"cloud {name}: the login is for no project, in which images could be listed")
    if not url or not keystone:
        raise click.UsageError(f"cloud {name}: its catalog has no image or no identity service")

    def ask(method: str, path: str, **options: Any) -> Any:
        return connection.session.request(url + path, method, raise_exc=False, **options)

    def ask_identity(method: str, path: str, **options: Any) -> Any:
        return connection.identity.request(path, method, raise_exc=False, **options)

    login = connection.config.get_auth_args()["auth_url"].rstrip("/").removesuffix("/v3") + "/v3"
    domain = access.project_domain_id or access.user_domain_id or "default"
    return Service(url, ask, ask_identity, login, domain, connection.session.verify)


def _endpoint(connection: Any) -> str:
    """Return where the Image service is, without the version."""
    config = connection.config
    found = config.get_endpoint("image") or connection.session.get_endpoint(
        service_type="image", interface=config.get_interface("image"), region_name=config.get_region_name("image")
    )
    return (found or "").rstrip("/").removesuffix("/v2")


def find(cloud: str | None, url: str | None) -> Service:
    """Return the service that is meant by one of the two."""
    return of_cloud(cloud) if cloud else trusting(url or "")
