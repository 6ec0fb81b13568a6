"""Telephone number as an identifier. Reading cells of dirty numbers is in `transforms.clean.phone`."""

from __future__ import annotations

from typing import ClassVar

import phonenumbers

from transforms.clean.phone import clean_phone


class Phone:
    """Telephone number. Call centres and accountants share theirs: never enough to join two companies."""

    NAME: ClassVar[str] = "phone"
    TITLE: ClassVar[str] = "Teléfono"
    STRONG: ClassVar[bool] = False

    @staticmethod
    def normalize(text: str | None, country: str | None = "CO") -> str | None:
        """E.164 of the first valid number."""
        return clean_phone(text, country)

    @staticmethod
    def is_valid(text: str | None, country: str | None = "CO") -> bool:
        """Whether a valid number can be read."""
        return clean_phone(text, country) is not None

    @staticmethod
    def format(text: str | None, country: str | None = "CO") -> str | None:
        """International format with blanks: `+57 300 1234567`."""
        number = clean_phone(text, country)
        if number is None:
            return None
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
