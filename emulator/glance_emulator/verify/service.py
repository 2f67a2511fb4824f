"""The Image service that is asked: one of a cloud in clouds.yaml, or one that trusts identity headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from glance_emulator.verify.leavings import Ask, Cleaner, Unanswered

ADMIN = {
    "X-Identity-Status": "Confirmed",
    "X-User-Id": "glance-emulator-verify",
    "X-Project-Id": "glance-emulator-verify",
    "X-Roles": "admin,member,reader",
}
"""Who removes images from a service that trusts headers."""
PATIENCE = (10.0, 60.0)
"""Seconds within which a service must let us connect, and answer."""
PROBED_FOR = 10.0
"""Seconds within which it must answer to count as there."""


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

    @property
    def cleaner(self) -> Cleaner:
        """Who removes things from it."""
        return Cleaner(self.ask, self.identity)

    def refusal(self) -> str:
        """Return what an admin is answered who asks for a list, in words; nothing if it is a list."""
        try:
            answers = [self.ask("GET", "/v2/images?limit=1", timeout=PROBED_FOR)]
            if self.identity is not None:
                answers.append(self.identity("GET", "/roles", timeout=PROBED_FOR))
        except Unanswered as reason:
            return str(reason)
        statuses = [answer.status_code for answer in answers if answer.status_code != 200]
        return f"{statuses[0]} is the answer to an admin who asks for a list" if statuses else ""


def trusting(url: str) -> Service:
    """Return the service at a URL; raise UsageError if it is not there, or does not believe headers."""
    import requests

    url = url.rstrip("/")

    def send(method: str, path: str, *, timeout: Any, **options: Any) -> requests.Response:
        headers = {**ADMIN, **options.pop("headers", {})}
        return requests.request(method, url + path, headers=headers, timeout=timeout, **options)

    service = Service(url, _answering(send))
    if refusal := service.refusal():
        raise click.UsageError(f"{url}: {refusal}: is it a Glance that trusts identity headers?")
    return service


def of_cloud(name: str) -> Service:
    """Return the service of a cloud in clouds.yaml; raise UsageError if we are no admin there."""
    import openstack
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import SDKException

    try:
        connection: Any = openstack.connect(cloud=name)
        session = connection.session
        session.timeout = session.timeout or PATIENCE
        if not hasattr(session.auth, "get_access"):
            raise click.UsageError(f"cloud {name}: logs in at no Keystone; say --url URL if the service trusts headers")
        access = session.auth.get_access(session)
        url = _endpoint(connection)
        keystone = session.get_endpoint(service_type="identity", region_name=connection.config.get_region_name())
    except (ClientException, SDKException) as reason:
        raise click.UsageError(f"cloud {name}: {_first_line(reason)}") from None
    if "admin" not in access.role_names:
        raise click.UsageError(
            f"cloud {name}: {access.username} has not the role admin, which it takes to make projects and users"
        )
    if access.project_id is None:  # whom the Image service lets see and delete nothing
        raise click.UsageError(f"cloud {name}: the login is for no project, in which images could be listed")
    if not url or not keystone:
        raise click.UsageError(f"cloud {name}: its catalog has no image or no identity service")

    def send(method: str, path: str, **options: Any) -> Any:
        return session.request(url + path, method, raise_exc=False, **options)

    def send_identity(method: str, path: str, **options: Any) -> Any:
        return connection.identity.request(path, method, raise_exc=False, **options)

    login = connection.config.get_auth_args()["auth_url"].rstrip("/").removesuffix("/v3") + "/v3"
    domain = access.project_domain_id or access.user_domain_id or "default"
    service = Service(url, _answering(send), _answering(send_identity), login, domain, session.verify)
    if refusal := service.refusal():
        raise click.UsageError(f"cloud {name}: {refusal}")
    return service


def _answering(send: Ask) -> Ask:
    """Return `send` with patience that ends, which raises Unanswered for all that keeps an answer from coming."""
    import requests
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import SDKException

    def ask(method: str, path: str, **options: Any) -> Any:
        try:
            return send(method, path, **{"timeout": PATIENCE, **options})
        except (requests.RequestException, ClientException, SDKException) as reason:
            raise Unanswered(_first_line(reason) or type(reason).__name__) from reason

    return ask


def _first_line(reason: Exception) -> str:
    return str(reason).partition("\n")[0]


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
