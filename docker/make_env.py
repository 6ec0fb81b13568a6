"""Write the `.env` of docker-compose.yml: one fresh secret per name, readable by its owner only.

Standard library only, because it runs before anything is installed. An existing file is never touched:
a new database password would lock the old data away.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

PASSWORDS = (
    "POSTGRES_PASSWORD",
    "AIRFLOW_DB_PASSWORD",
    "HUB_DB_PASSWORD",
    "REDIS_PASSWORD",
    "LAKE_SECRET_KEY",
    "AIRFLOW_ADMIN_PASSWORD",
)


def build_env() -> str:
    """Return the text of a new `.env`. Passwords are hexadecimal, so that they need no escaping in a URL."""
    values = {name: secrets.token_hex(24) for name in PASSWORDS}
    values["LAKE_ACCESS_KEY"] = "neo-hub-" + secrets.token_hex(4)
    values["AIRFLOW_FERNET_KEY"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    values["AIRFLOW_JWT_SECRET"] = secrets.token_hex(48)
    return "".join(f"{name}={value}\n" for name, value in sorted(values.items()))


def main(path: Path) -> int:
    """Create the file with mode 0600 or say that it is there. Returns the exit code."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        sys.stdout.write(f"{path} exists and stays as it is. Remove it yourself to start over.\n")
        return 0
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(build_env())
    sys.stdout.write(f"{path} written. The Airflow user is `admin`; its password is AIRFLOW_ADMIN_PASSWORD there.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".env")))
