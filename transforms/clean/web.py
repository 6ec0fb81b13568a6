"""Web addresses: the host of a site and the domain that a company owns.

Mail addresses are in `email`; they share the notion of an owned domain.
"""

from __future__ import annotations

import re
from functools import lru_cache

from transforms.clean.text import fold, listed

# Sites where many companies have a page of their own: the host says nothing about who it is.
PLATFORM_DOMAINS = listed(
    """
    alibaba.com amazon.com blogspot.com business.site etsy.com facebook.com fb.com godaddysites.com google.com
    instagram.com jimdo.com linkedin.com linktr.ee mercadolibre.com mercadolibre.com.co myshopify.com negocio.site
    shopify.com sites.google.com tiktok.com twitter.com wa.me webnode.com weebly.com whatsapp.com wix.com
    wixsite.com wordpress.com x.com youtube.com
    """
)
_HOST = re.compile(r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$")
_SECOND_LEVEL = listed(
    """
    ac biz co com edu gob gov info ltd mil ne net nom or org
    """
)
_PLACEHOLDER_HOSTS = listed(
    """
    example.com na.com no.com notiene.com sinpagina.com test.com www.com
    """
)


@lru_cache(maxsize=65_536)
def owned_domain(host: str | None) -> str | None:
    """The part of a host that somebody registered: `ventas.cafe.com.co` -> `cafe.com.co`."""
    name = fold(host).strip(".")
    if not _HOST.match(name):
        return None
    labels = name.split(".")
    is_country = len(labels[-1]) == 2
    keep = 3 if is_country and len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


@lru_cache(maxsize=65_536)
def clean_website(text: str | None) -> str | None:
    """A site as `https://host/path`, or None when no host can be read. Scheme, `www.` and case do not matter.

    >>> clean_website("WWW.Cafe.com.co/")
    'https://cafe.com.co'
    """
    first = re.split(r"[\s;,|]+", fold(text), maxsplit=1)[0]
    bare = re.sub(r"^(?:[a-z]+:)?/{0,2}", "", first) if "://" in first or first.startswith("//") else first
    host, slash, path = bare.partition("/")
    host = re.sub(r"^www\d?\.", "", host).partition(":")[0].partition("?")[0].strip(".")
    if "@" in host or not _HOST.match(host) or host in _PLACEHOLDER_HOSTS:
        return None
    tail = path.partition("?")[0].partition("#")[0].strip("/")
    return f"https://{host}/{tail}" if slash and tail else f"https://{host}"


def website_host(text: str | None) -> str | None:
    """The host of a site without `www.`, or None."""
    site = clean_website(text)
    return site.removeprefix("https://").partition("/")[0] if site else None


def website_domain(text: str | None) -> str | None:
    """The domain a company owns, taken from its site; None for pages on a shared platform."""
    host = website_host(text)
    domain = owned_domain(host)
    return None if domain is None or domain in PLATFORM_DOMAINS or host in PLATFORM_DOMAINS else domain
