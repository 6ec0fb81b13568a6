"""The lists server and its files: real OFAC and UN publications, and the invented LISTA-DEMO."""

from include.sandbox.lists.app import Shelf, create_lists_app

__all__ = ["Shelf", "create_lists_app"]
