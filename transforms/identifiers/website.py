"""Web site as an identifier. Reading addresses is in `transforms.clean.web`."""

from __future__ import annotations

from typing import ClassVar

from transforms.clean.web import clean_website, website_domain


class WebSite:
    """Web site. Names a company unless it is a page on a shared platform."""

    NAME: ClassVar[str] = "website"
    TITLE: ClassVar[str] = "Sitio web"
    STRONG: ClassVar[bool] = False

    @staticmethod
    def normalize(text: str | None) -> str | None:
        """`https://host/path` without www."""
        return clean_website(text)

    @staticmethod
    def is_valid(text: str | None) -> bool:
        """Whether a host can be read."""
        return clean_website(text) is not None

    @staticmethod
    def format(text: str | None) -> str | None:
        """The same as normalized."""
        return clean_website(text)

    @staticmethod
    def names_company(text: str | None) -> bool:
        """The domain is the company's own."""
        return website_domain(text) is not None
