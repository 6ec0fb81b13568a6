"""Every text that leaves the hub for a person outside it: portal messages and mails, rendered from templates.

Templates live in `include/config/templates/messages/`. Facts go in as plain values; HTML is made from the same
paragraphs as the text and escaped, so a company's name can be anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2

from include.core.errors import ConfigError

LANGUAGES = ("es", "en")
_SUBJECT = re.compile(r"^(?:Asunto|Subject): (?P<subject>.+)$")
_GAP = re.compile(r"\n\s*\n")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Letter:
    """A mail: subject on one line, plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Correspondence:
    """Renders the templates of one folder."""

    folder: Path

    def portal_message(self, kind: str, language: str, facts: Mapping[str, Any]) -> str:
        """Return the message the portal shows. Raises ConfigError for a missing template or fact."""
        return "\n\n".join(_paragraphs(self._render(f"portal_{kind}.{language}.txt.j2", facts)))

    def letter(self, kind: str, language: str, facts: Mapping[str, Any]) -> Letter:
        """Return a mail. Raises ConfigError for a missing template, fact or subject line."""
        name = f"mail_{kind}.{language}.txt.j2"
        first, *paragraphs = _paragraphs(self._render(name, facts))
        found = _SUBJECT.match(first)
        if found is None:
            raise ConfigError(name, "the first line is not `Asunto: …` or `Subject: …`", "Mend the template")
        subject = _BLANKS.sub(" ", found["subject"]).strip()
        html = self._render("mail.html.j2", {"language": language, "subject": subject, "paragraphs": paragraphs})
        return Letter(subject, "\n\n".join(paragraphs) + "\n", html)

    def _render(self, name: str, facts: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(facts)
        except jinja2.TemplateNotFound as error:
            raise ConfigError(name, "there is no such template", f"Add it to {self.folder.name}/") from error
        except jinja2.UndefinedError as error:
            raise ConfigError(name, str(error), "Give the template that fact, or take it out") from error

    @cached_property
    def _environment(self) -> jinja2.Environment:
        return jinja2.Environment(
            loader=jinja2.FileSystemLoader(self.folder),
            undefined=jinja2.StrictUndefined,
            # Text is text; what becomes HTML is escaped.
            autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default=False),
            trim_blocks=True,
            lstrip_blocks=True,
        )


def correspondence(config_dir: Path) -> Correspondence:
    """The correspondence of an installation."""
    return Correspondence(config_dir / "templates" / "messages")


def _paragraphs(text: str) -> list[str]:
    """Paragraphs without stray blanks; a line break inside a fact must not make a paragraph or a header."""
    found = (_BLANKS.sub(" ", paragraph).strip() for paragraph in _GAP.split(text))
    return [paragraph for paragraph in found if paragraph]
