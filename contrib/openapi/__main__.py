"""Write the document: `python -m contrib.openapi`."""

from __future__ import annotations

from contrib.openapi.document import FILE, text

FILE.write_text(text())
