"""The matchmaking portal's service interface, with a small page where a company sees its own registration."""

from include.sandbox.portal.app import create_portal_app
from include.sandbox.portal.store import PortalStore

__all__ = ["PortalStore", "create_portal_app"]
