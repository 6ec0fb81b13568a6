"""A mail server that keeps every message and delivers none, and a page to read them."""

from include.sandbox.mail.box import Mailbox
from include.sandbox.mail.page import create_mail_app
from include.sandbox.mail.server import MailServer

__all__ = ["MailServer", "Mailbox", "create_mail_app"]
