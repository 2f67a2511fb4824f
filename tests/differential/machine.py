"""All that random lives are made of."""

from __future__ import annotations

from tests.differential.definitions import DefinitionLives
from tests.differential.imports import ImportLives
from tests.differential.lives import ImageLives


class Lives(ImageLives, ImportLives, DefinitionLives):
    """Images, their data in the background, and metadata definitions."""
