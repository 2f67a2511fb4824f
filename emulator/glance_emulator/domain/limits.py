"""How much an image may have: the defaults of the real service's configuration."""

MEMBERS = 128
TAGS = 128
PROPERTIES = 128
LOCATIONS = 10
NAME_LENGTH = 255
IMAGE_SIZE = 1 << 40
"""Bytes of one image."""
PAGE = 25
"""Images on a page whose size was not asked for."""
LONGEST_PAGE = 1000
