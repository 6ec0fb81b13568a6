"""The agency's directory as Microsoft Graph shows it: users, their office, countries, sectors and languages."""

from include.sandbox.directory.app import create_directory_app
from include.sandbox.directory.users import directory_users

__all__ = ["create_directory_app", "directory_users"]
