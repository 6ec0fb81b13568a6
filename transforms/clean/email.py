"""Mail addresses as people type them: several in a cell, «notiene@», blanks, capitals.

Whether an address identifies somebody is in `transforms.identifiers.email`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from transforms.clean.text import fold, listed
from transforms.clean.web import owned_domain

FREE_MAIL_DOMAINS = listed(
    """
    126.com 163.com aol.com bol.com.br comcast.net epm.net.co etb.net.co free.fr gmail.com gmx.com gmx.de gmx.net
    googlemail.com hanmail.net hotmail.co.uk hotmail.com hotmail.es icloud.com latinmail.com libero.it live.com
    mac.com mail.com mail.ru me.com msn.com naver.com orange.fr outlook.com outlook.es proton.me protonmail.com
    qq.com rediffmail.com sina.com t-online.de telmex.net.co terra.com une.net.co uol.com.br wanadoo.fr web.de
    yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.co yahoo.com.mx yahoo.es yahoo.fr yandex.com yandex.ru ymail.com
    zoho.com
    """
)
# Mailboxes of a role, not of a person: the same one is shared by everybody in the firm.
ROLE_MAILBOXES = listed(
    """
    admin administracion administrativo comercial compras contabilidad contact contactenos contacto correo direccion
    export exportaciones exports facturacion gerencia gerente hello hola import imports info informacion
    internacional logistica mail marketing mercadeo negocios office oficina purchasing recepcion sales
    servicioalcliente team tesoreria ventas
    """
)
_ADDRESS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]+")
_LOCAL = re.compile(r"^[a-z0-9_](?:[a-z0-9!#$%&'*+=?^_`{|}~-]|\.(?!\.))*(?<!\.)$")
_NOBODY = listed(
    """
    correo@correo na ninguno nn no no-tiene noaplica nocorreo none noregistra noreporta notengo notiene null prueba
    sincorreo test x xx xxx
    """
)
_NO_DOMAIN = listed(
    """
    correo.com example.com example.org na.com no.com noaplica.com notiene.com sincorreo.com test.com x.com
    """
)


@lru_cache(maxsize=65_536)
def all_emails(cell: str | None) -> tuple[str, ...]:
    """Every usable address of a cell, lower case, in order, once each. «a@x.com / b@x.com; notiene@x.com» gives two."""
    found: list[str] = []
    for piece in re.split(r"[\s;,/|<>()\[\]\"]+", fold(cell).replace("mailto:", " ")):
        match = _ADDRESS.fullmatch(piece.strip(".:'"))
        if match is None:
            continue
        local, _, host = match.group().partition("@")
        is_real = _LOCAL.match(local) and owned_domain(host) and local not in _NOBODY and host not in _NO_DOMAIN
        if is_real and match.group() not in found:
            found.append(match.group())
    return tuple(found)


def clean_email(cell: str | None) -> str | None:
    """The first usable address of a cell, lower case, or None."""
    return next(iter(all_emails(cell)), None)


def email_domain(address: str | None) -> str | None:
    """The owned domain of an address, also of a free mail provider."""
    clean = clean_email(address)
    return owned_domain(clean.rpartition("@")[2]) if clean else None


def is_free_mail(domain: str | None) -> bool:
    """Whether anybody can have an address there, so that sharing the domain means nothing."""
    return domain is None or domain in FREE_MAIL_DOMAINS


def company_domain(address: str | None) -> str | None:
    """The domain of an address when it is the company's own, None for free mail."""
    domain = email_domain(address)
    return None if is_free_mail(domain) else domain


def is_role_mailbox(address: str | None) -> bool:
    """`info@`, `ventas@`…: an address of the firm, not of one person."""
    clean = clean_email(address)
    return clean is not None and re.sub(r"[\d._-]", "", clean.partition("@")[0]) in ROLE_MAILBOXES
