"""A layer of the last build written to a file: filtered, in any format, the whole of it or what may be published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from industrymap import export, filters, publishing, schemas
from industrymap.errors import ConfigError
from industrymap.pipeline._chosen import listed_fields, rows_kept
from industrymap.pipeline._outputs import layer
from industrymap.pipeline._public import public_release, write_public_layer

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from industrymap.filters import Absent
    from industrymap.publishing import Release
    from industrymap.workspace import Workspace

__all__ = ["EXPORT_FORMATS", "ExportOptions", "Exported", "export_built", "layer_called"]

EXPORT_FORMATS = ("geojson", "gpkg", "shp", "kml", "parquet", "xlsx", "csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What is exported.

    Attributes
    ----------
    layer : str
        Its name, or a short or Chinese one.
    format : str, optional
        By default from the extension of the file.
    where : str, optional
        A filter.
    crs : str, optional
        CRS of gpkg, shp and parquet; datum of the coordinate columns of xlsx and csv.
    fields : str, optional
        Columns, separated by commas.
    usual : bool
        xlsx and csv: columns that people read, in everyday units, instead of all as they are stored.
    names : bool
        xlsx and csv: names of fields and codes instead of labels and words.
    everything : bool
        Enterprises: also those below the threshold.
    public : bool
        Only what may be published.
    lang : str
        ``zh`` or ``en``.
    """

    layer: str
    format: str | None = None
    where: str | None = None
    crs: str | None = None
    fields: str | None = None
    usual: bool = True
    names: bool = False
    everything: bool = False
    public: bool = False
    lang: str = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was exported.

    Attributes
    ----------
    rows : int
    files : list of Path
    absent : tuple of Absent
        Names that the filter asks for and no row has.
    release : Release, optional
        Of a public export: what is withheld, and why.
    """

    rows: int
    files: list[Path]
    absent: tuple[Absent, ...]
    release: Release | None


def export_built(space: Workspace, path: Path, options: ExportOptions) -> Exported:
    """Write a layer of the last build to a file.

    Raises
    ------
    ConfigError, FilterError, FileMissingError
        There is no such layer, format or column; a filter that cannot be read, or that would tell what is not public;
        nothing was built yet.

    Examples
    --------
    >>> import industrymap as im
    >>> space = im.load_workspace(".")  # doctest: +SKIP
    >>> wanted = ExportOptions(layer="parks", where="far < 0.85")
    >>> im.export_built(space, Path("parks.xlsx"), wanted).rows  # doctest: +SKIP
    """
    name = layer_called(options.layer)
    schema = space.schema_of(name)
    # An unknown ending is refused before the layer is read.
    export.format_of(path, options.format)
    # Only what was decided for publication: a public export is cut from the release and never from
    # the base.
    release = public_release(space, name) if options.public else None
    frame, absent = _frame(space, name, schema, options, release)
    write = partial(
        export.write,
        frame,
        layer=schema or name,
        name=name,
        format=options.format,
        crs=options.crs,
        lang=options.lang,
        fields=listed_fields(options.fields, frame, layer_name=schema),
        labels=not options.names,
        everyday=options.usual and not options.names,
        meta=space.about(title=_title(space, name, options), note=_note(space, options)),
    )
    # A public file is searched for the values of single firms before it is put in place, and
    # remembered for the next one.
    written = write(path) if release is None else write_public_layer(space, path, write, release)
    return Exported(rows=len(frame), files=written, absent=absent, release=release)


def layer_called(text: str) -> str:
    """Return the layer that a short or Chinese name means; any other name as it is.

    Examples
    --------
    >>> layer_called("blocks"), layer_called("my_layer")
    ('industrial_blocks', 'my_layer')
    """
    words = {word: r.name for r in schemas.layers() for word in (r.id, r.zh, *r.words)}
    return words.get(text, text)


def _frame(
    space: Workspace, name: str, schema: str, options: ExportOptions, release: Release | None
) -> tuple[pd.DataFrame, tuple[Absent, ...]]:
    """Return the rows to write: of the base, fit to be published, and as the filter wants them."""
    chosen = filters.parse(options.where) if options.where else None
    frame: pd.DataFrame = layer(space, name) if release is None else release.layers[name]
    if name == "enterprises" and not options.everything:
        frame = frame[frame["in_base"].fillna(value=False).astype(bool)]
    # Checked once the filter is bound to the layer's fields: it may name a column in Chinese.
    if release is not None and chosen is not None:
        _only_public(chosen.bind(schema).fields(), schema)
    return rows_kept(space, frame, chosen, layer_name=schema or name)


def _only_public(asked: tuple[str, ...], schema: str) -> None:
    """Refuse a filter over unpublished columns: which rows it keeps would tell their values."""
    private = [name for name in asked if name not in publishing.fields(schema)]
    if private:
        raise ConfigError(
            f"A public export cannot be filtered by {', '.join(private)}: the rows it keeps would tell their values.",
            f"公开导出不能按 {'、'.join(private)} 筛选：保留的行会泄露其数值。",
        )


def _title(space: Workspace, name: str, options: ExportOptions) -> str:
    """Return the title of the file: the workspace, and what people call the layer."""
    known = {record.name: record for record in schemas.layers()}
    record = known.get(name) or space.record(name)
    return f"{space.title} · {record.label(options.lang) or name}"


def _note(space: Workspace, options: ExportOptions) -> str:
    notes = []
    if options.where:
        notes.append(f"筛选条件：{options.where}" if options.lang == "zh" else f"filter: {options.where}")  # fmt: skip
    if options.public:
        notes.append(publishing.note(space.review_number))
    return "；".join(notes)
