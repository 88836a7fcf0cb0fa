"""Changes to ``industrymap.toml`` that leave everything else in it as it is: comments, order, spaces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from industrymap import files, workspace
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tomlkit import TOMLDocument

__all__ = ["add_boundary", "add_layer", "add_table", "change", "value", "without_examples"]


def change(folder: str | Path, edit: Callable[[TOMLDocument], None]) -> None:
    """Change the configuration of a workspace; one that would not be read any more is not written.

    Raises
    ------
    ConfigError
        The file is not TOML, or would say something wrong.
    """
    path = Path(folder) / workspace.CONFIG
    text = files.read_text(files.check(path, allow=("toml",)))
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(f"{path.name} cannot be read: {error}.", f"{path.name} 无法读取：{error}。") from error  # fmt: skip
    edit(document)
    changed = tomlkit.dumps(document)
    workspace.parse(changed, folder=path.parent.resolve())
    files.write_text(path, changed)


def without_examples(folder: Path, *, producer: str) -> None:
    """Take out of a new configuration the files that it names as examples; they are named when they are taken in."""

    def edit(document: TOMLDocument) -> None:
        document["enterprises"]["tables"] = _lines([])
        del document["boundaries"]["districts"]
        if producer:
            document["workspace"]["producer"] = producer

    change(folder, edit)


def add_table(document: TOMLDocument, source: Mapping[str, Any]) -> None:
    """Name an enterprise table; one of the same file is replaced."""
    firms = document.setdefault("enterprises", tomlkit.table())
    others = [one for one in firms.get("tables", []) if one.get("file") != source["file"]]
    firms["tables"] = _lines([*others, source])


def add_layer(document: TOMLDocument, name: str, source: Mapping[str, Any]) -> None:
    """Name a layer; one of the same name is replaced."""
    layers = document.setdefault("layers", tomlkit.table(is_super_table=True))
    table = tomlkit.table()
    for key, said in source.items():
        table.add(key, value(said))
    layers[name] = table


def add_boundary(document: TOMLDocument, name: str, source: Mapping[str, Any]) -> None:
    """Name the districts or the towns."""
    edges = document.setdefault("boundaries", tomlkit.table())
    edges[name] = value(source)


def _lines(sources: list[Mapping[str, Any]]) -> Any:
    """Return tables as a person writes them: one a line."""
    array = tomlkit.array()
    for source in sources:
        array.append(value(source))
    return array.multiline(multiline=True)


def value(said: Any) -> Any:
    """Return a value as a person writes it: a table within one line."""
    if isinstance(said, dict):
        table = tomlkit.inline_table()
        for key, inner in said.items():
            table.add(key, value(inner))
        return table
    return said
