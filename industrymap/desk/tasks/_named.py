"""Files that the workspace names already: each under a number, with what the configuration says of it, and how that is changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from tomlkit import TOMLDocument

    from industrymap.desk.tasks._declared import Choice
    from industrymap.workspace import LayerSource, TableSource, Workspace

__all__ = ["Named", "choices", "declared", "find", "listed", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file that the workspace names.

    Attributes
    ----------
    source : TableSource or LayerSource
    place : str
        ``tables``, ``layers`` or ``boundaries``: where in the configuration.
    """

    source: TableSource | LayerSource
    place: str

    @property
    def number(self) -> str:
        """What the browser calls it."""
        name = self.source.kind if self.place == "tables" else getattr(self.source, "name", "")
        text = f"{self.place}/{name}/{self.source.file}"
        return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()

    @property
    def what(self) -> str:
        """What the file is, as a person chooses it."""
        return str(self.source.kind if self.place == "tables" else getattr(self.source, "name", ""))


def listed(space: Workspace) -> list[Named]:
    """Return the files whose reading can be mended here: tables of firms, layers and boundaries."""
    found = [Named(source=table, place="tables") for table in space.tables]
    found += [Named(source=layer, place="layers") for layer in space.layers]
    edges = [edge for edge in (space.districts, space.towns) if edge is not None]
    return [*found, *(Named(source=edge, place="boundaries") for edge in edges)]


def find(space: Workspace, number: str) -> Named:
    """Return the file behind a number.

    Raises
    ------
    ConfigError
        There is none: the configuration was changed meanwhile.
    """
    found = next((one for one in listed(space) if one.number == number), None)
    if found is None:
        raise ConfigError("The workspace does not name this file any more.", "工作区已不再包含该文件。")  # fmt: skip
    return found


def choices(named: Named) -> dict[str, Any]:
    """Return what the configuration says of a file, in the form in which a person says it."""
    source = named.source
    sheet = source.sheet if named.place == "tables" else getattr(source, "table", None)  # type: ignore[union-attr]
    return {
        "what": named.what,
        "sheet": sheet if isinstance(sheet, str) else "",
        "datum": source.datum or "",
        "columns": {
            heading: {"field": name, "unit": source.units.get(heading, "")}
            for heading, name in source.columns.items()
        },
    }


def declared(named: Named, choice: Choice) -> TableSource | LayerSource:
    """Return a file as the workspace would declare it with what a person chose; year and the like stay."""
    from industrymap.workspace import TableSource

    source = named.source
    said: dict[str, Any] = {"datum": choice.datum, "columns": choice.columns, "units": choice.units}
    if isinstance(source, TableSource):
        # Several sheets are named in the file by hand, and stay.
        sheet = source.sheet if isinstance(source.sheet, tuple) else choice.sheet
        return replace(source, sheet=sheet, **said)
    return replace(source, table=choice.sheet, **said)


def write(document: TOMLDocument, named: Named, choice: Choice, *, home: Path) -> None:
    """Write into the configuration what a person chose for a file; every other word of its entry stays."""
    from industrymap.desk.tasks import _config

    entry = _entry(document, named, home)
    is_table = named.place == "tables"
    said: dict[str, Any] = {"datum": choice.datum}
    # Sheets that are named as a list are left as they are.
    if not isinstance(getattr(named.source, "sheet", None), tuple):
        said["sheet" if is_table else "table"] = choice.sheet
    said["columns"] = {
        heading: {"field": name, "unit": choice.units[heading]} if heading in choice.units else name
        for heading, name in choice.columns.items()
    }
    for key, value in said.items():
        if value:
            entry[key] = _config.value(value)
        else:
            entry.pop(key, None)


def _entry(document: TOMLDocument, named: Named, home: Path) -> Any:
    """Return the part of the configuration that names a file."""
    if named.place == "tables":
        tables: Any = document["enterprises"]
        for entry in tables["tables"]:
            if (home / str(entry["file"])).resolve() == named.source.file.resolve():
                return entry
    else:
        section: Any = document.get(named.place, {})
        if named.what in section:
            return section[named.what]
    raise ConfigError("The workspace does not name this file any more.", "工作区已不再包含该文件。")
