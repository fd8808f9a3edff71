"""Frozen dataclasses to JSON-able values and back, for keys, checkpoints and worker processes."""

import dataclasses
import json
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Dataclasses become dicts, tuples lists, paths text.

    Raises TypeError for anything that JSON could not give back.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(v) for v in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{value!r} ({type(value).__name__}) cannot be part of an artifact's key")


def from_plain(kind: Callable[..., T], value: Any) -> T:
    """A dataclass of type `kind` from what `to_plain` made of it, by the types of its fields.

    Raises ValueError for what does not describe one.
    """
    try:
        return _read(kind, value)
    except (KeyError, TypeError, AttributeError) as error:
        name, reason = getattr(kind, "__name__", str(kind)), f"{type(error).__name__} {error}"
        raise ValueError(f"damaged, or of another version: no {name} ({reason})") from error


def _read(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (only,) = set(inner) - {type(None)}
        return None if value is None else _read(only, value)
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _read(hints[name], v) for name, v in value.items()})  # pyright: ignore
    if origin is tuple:
        return tuple(_read(inner[0], v) for v in value)
    if origin is not None and issubclass(origin, Mapping):
        return {_read(inner[0], k): _read(inner[1], v) for k, v in value.items()}
    return kind(value)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where it is missing, damaged or no object."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
