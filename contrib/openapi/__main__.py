"""Write the documents: `python -m contrib.openapi`."""

from __future__ import annotations

from contrib.openapi import control, document

for made in (document, control):
    made.FILE.write_text(made.text())
