"""Exit 0 when the address answers and every component it names is healthy. The image has no curl."""

import json
import sys
from urllib.request import urlopen


def is_healthy(url: str) -> bool:
    """Ask once. An answer without components counts as healthy when it is a 200."""
    try:
        with urlopen(url, timeout=10) as answer:
            body = json.load(answer)
    except (OSError, ValueError):
        return False
    parts = [part for part in body.values() if isinstance(part, dict) and part.get("status") is not None]
    return all(part["status"] == "healthy" for part in parts)


if __name__ == "__main__":
    sys.exit(not is_healthy(sys.argv[1]))
