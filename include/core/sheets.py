"""Rule sheets: strict YAML files that decide what code must not.

A sheet is loaded into a pydantic model with `extra="forbid"`. An unknown key, a wrong type or a key
written twice is refused with the file and the line, before anything runs.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from include.core.errors import ConfigError

PROJECT_ROOT = Path(__file__).resolve().parents[2]


class Sheet(BaseModel):
    """Parent of every sheet model: strict, frozen, versioned."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int


SheetT = TypeVar("SheetT", bound=BaseModel)


class _StrictLoader(yaml.SafeLoader):
    """YAML without surprises: a key written twice is an error, NO and on stay text."""


def _construct_mapping(loader: _StrictLoader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is written twice", key_node.start_mark)
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=deep)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_mapping)
# Norway's code is NO and a switch may be called `on`: only true and false are booleans in our sheets.
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load_sheet(path: Path, model: type[SheetT]) -> SheetT:
    """Read the YAML file at `path` into `model`.

    Raises ConfigError naming file:line and key for anything the model does not know or accept.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(_short(path), "the sheet cannot be read", "Restore the file or mend its path") from error
    try:
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader with fewer rights
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError(f"{_short(path)}{line}", f"{error.problem}", "Mend the YAML at that line") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [_explain(path, root, item["loc"], item["type"], item["msg"]) for item in error.errors()]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        where, problem = problems[0]
        raise ConfigError(
            where, problem + more, "Correct or remove that key; the model is " + model.__name__
        ) from error


def sheet_fingerprint(*paths: Path) -> str:
    """Return 12 hex digits that change when the content of any of the files changes."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _explain(
    path: Path, root: yaml.Node | None, location: Iterable[int | str], kind: str, message: str
) -> tuple[str, str]:
    keys = [part for part in location]
    line = _line_of(root, keys)
    name = ".".join(map(str, keys)) or "the sheet"
    problem = f"unknown key `{name}`" if kind == "extra_forbidden" else f"`{name}`: {message}"
    return f"{_short(path)}:{line}", problem


def _line_of(node: yaml.Node | None, keys: list[int | str]) -> int:
    line = node.start_mark.line + 1 if node else 1
    for key in keys:
        child: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(key):
                    line, child = key_node.start_mark.line + 1, value_node
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            child = node.value[key]
            line = child.start_mark.line + 1
        if child is None:
            # pydantic adds union and alias labels to the path that the file does not hold
            continue
        node = child
    return line


def _short(path: Path) -> str:
    resolved = path.resolve()
    return str(resolved.relative_to(PROJECT_ROOT)) if resolved.is_relative_to(PROJECT_ROOT) else path.name
