"""The stores of the service under test: GLANCE_CONTRACT_STORES has their ids, the default store's first."""

from __future__ import annotations

import os

STORES = tuple(os.environ.get("GLANCE_CONTRACT_STORES", "reliable,cheap").split(","))
"""One or two ids."""
FIRST, SECOND = (*STORES, "second")[:2]
"""The default store, and another; a service with one store has none that is called `second`."""
BY_NAME = ",".join(sorted((FIRST, SECOND)))
"""Both, as an image tells which stores failed."""
