"""The server's certificate, judged as its clients judge it."""

from __future__ import annotations

import ssl
from pathlib import Path


def trusted(server: ssl.SSLContext, file: Path, name: str | None = None) -> bool:
    """Say whether who trusts what the file has, and nothing else, trusts the server: by this name, or by any."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = name is not None
    client.load_verify_locations(file)
    there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(here, there, server_hostname=name)
    answering = server.wrap_bio(there, here, server_side=True)
    for end in (asking, answering, asking):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLError:
            return False
    return True
