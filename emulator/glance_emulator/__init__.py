"""An OpenStack Image service (Glance, Images API v2) that starts in a blink on one machine."""

__version__ = "0.1.0"
