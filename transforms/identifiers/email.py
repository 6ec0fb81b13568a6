"""Mail address as an identifier. Reading cells of dirty addresses is in `transforms.clean.email`."""

from __future__ import annotations

from typing import ClassVar

from transforms.clean.email import clean_email, email_domain, is_free_mail, is_role_mailbox


class Email:
    """Mail address. Strong for a person; for a company only when the domain is its own."""

    NAME: ClassVar[str] = "email"
    TITLE: ClassVar[str] = "Correo electrónico"
    STRONG: ClassVar[bool] = False

    @staticmethod
    def normalize(text: str | None) -> str | None:
        """The first usable address, lower case."""
        return clean_email(text)

    @staticmethod
    def is_valid(text: str | None) -> bool:
        """Whether there is a usable address."""
        return clean_email(text) is not None

    @staticmethod
    def format(text: str | None) -> str | None:
        """The same as normalized."""
        return clean_email(text)

    @staticmethod
    def names_company(text: str | None) -> bool:
        """The domain is not one where anybody can have a mailbox."""
        return not is_free_mail(email_domain(text))

    @staticmethod
    def names_person(text: str | None) -> bool:
        """It is somebody's own mailbox, not `ventas@`."""
        return clean_email(text) is not None and not is_role_mailbox(text)
