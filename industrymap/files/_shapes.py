"""The geometry of a Shapefile through GDAL, with no other driver, file or address in reach.

GDAL sees a folder of its own with two files whose first bytes were checked. fiona opens them first with the
one driver allowed, then pyogrio reads them in bulk (it has no allow-list of its own).
"""

from __future__ import annotations

import struct
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap.errors import FileRefusedError, LayerError
from industrymap.files._limits import more_en, more_zh

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from industrymap.files._limits import Limits

__all__ = ["shapes"]

_DRIVER = "ESRI Shapefile"
_HEADER = 100


def shapes(
    shp: bytes, shx: bytes | None, *, name: str, limits: Limits
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Return the geometries of a Shapefile as WKB, and the number of the record each belongs to.

    Parameters
    ----------
    shp, shx : bytes
        Content of the two files; the index is rebuilt where it is missing.
    name : str
        For messages.
    limits : Limits
        Features allowed.

    Returns
    -------
    wkb : ndarray of bytes or None
    records : ndarray of int
        0-based.

    Raises
    ------
    FileRefusedError
        Not a Shapefile, or another driver would have opened it.
    LayerError
        Damaged, or more features than the limits allow.
    """
    import fiona
    import pyogrio

    # File code 9994, big-endian, at the start of every Shapefile.
    if shp[:4] != b"\x00\x00\x27\x0a" or len(shp) < _HEADER:
        raise FileRefusedError(f"{name} is not a Shapefile.", f"{name} 不是 Shapefile。")
    with (
        warnings.catch_warnings(),
        tempfile.TemporaryDirectory(prefix="industrymap-") as folder,
    ):
        path = Path(folder) / "layer.shp"
        path.write_bytes(shp)
        # GDAL needs the index to be there; many Shapefiles are passed on without it.
        path.with_suffix(".shx").write_bytes(shx or _index(shp))
        try:
            # What GDAL remarks on (rings that do not close …) shows in the geometries and is judged there.
            warnings.simplefilter("ignore")
            # fiona has an allow-list of drivers and pyogrio has none: it looks first, and only then
            # are shapes read in bulk.
            with fiona.open(path, enabled_drivers=[_DRIVER]) as collection:
                count = len(collection)
            _within(count, name, limits)
            # No columns: attributes are read by our own reader, in the encoding that the text
            # proves to be.
            _, records, wkb, _ = pyogrio.raw.read(path, columns=[], return_fids=True)
        except (
            fiona.errors.FionaError,
            pyogrio.errors.DataSourceError,
            OSError,
            ValueError,
        ) as error:
            raise _damaged(name) from error
    return _objects(wkb), records


def _objects(wkb: Any) -> npt.NDArray[np.object_]:
    import numpy as np

    return np.asarray(wkb, dtype=object)


def _within(count: int, name: str, limits: Limits) -> None:
    if count > limits.max_features:
        raise LayerError(
            f"{name} has {count:,} features; at most {limits.max_features:,} are read {more_en('max_features')}.",
            f"{name} 有 {count:,} 个要素，最多读取 {limits.max_features:,} 个{more_zh('max_features')}。",
        )


def _damaged(name: str) -> LayerError:
    return LayerError(
        f"{name} is damaged or cut short: its geometry cannot be read.",
        f"{name} 已损坏或不完整，无法读取图形。",
    )


def _index(shp: bytes) -> bytes:
    """Rebuild the index: the place and length of every record, in 16-bit words."""
    entries = []
    position = _HEADER
    while position + 8 <= len(shp):
        (length,) = struct.unpack_from(">i", shp, position + 4)
        # The last record was cut off: those before it are still sound.
        if length < 2 or position + 8 + 2 * length > len(shp):
            break
        entries.append(struct.pack(">ii", position // 2, length))
        position += 8 + 2 * length
    header = bytearray(shp[:_HEADER])
    # The header repeats the length of the whole file, in 16-bit words as well.
    struct.pack_into(">i", header, 24, (_HEADER + 8 * len(entries)) // 2)
    return bytes(header) + b"".join(entries)
