"""How far a sheet's cells and texts may spread: a reader makes room for the whole box around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files._limits import more_en, more_zh

if TYPE_CHECKING:
    from industrymap.files._limits import Limits

__all__ = ["guard_spread", "guard_texts", "is_sparse"]

# A real table fills more than one cell in a hundred, even with wide remarks and sparse columns.
_FILLED = 100


def is_sparse(cells: int, filled: int, limits: Limits) -> bool:
    """Tell whether a box is too large for what is in it."""
    return cells > limits.max_sparse_cells and cells > _FILLED * filled


def guard_spread(name: str, sheet: str, box: tuple[int, int], filled: int, limits: Limits) -> None:
    """Raise ``FileRefusedError`` where the box around a sheet's cells is too large.

    Parameters
    ----------
    name, sheet : str
        Of the file and of the sheet, as the person who sent it knows them; a sheet without a name is empty.
    box : tuple of int
        Its rows and columns.
    filled : int
        Cells that hold something.
    """
    rows, columns = box
    cells = rows * columns
    sparse = is_sparse(cells, filled, limits)
    if not sparse and cells <= limits.max_cells:
        return
    # The message names the limit that was met, so that raising it helps.
    limit = "max_cells" if cells > limits.max_cells else "max_sparse_cells"
    most = getattr(limits, limit)
    raise FileRefusedError(
        f"{name}: the sheet {sheet or 'in it'} spreads over {rows:,} rows × {columns:,} columns, with something in {filled:,} cells; at most "
        f"{most:,} cells are read. Delete stray cells far from the table {more_en(limit)}.",
        f"{name}：工作表{sheet}的内容散布在 {rows:,} 行 × {columns:,} 列中，仅 {filled:,} 个单元格有内容，最多读取 {most:,} 个单元格；"
        f"请删除远离表格的零散单元格{more_zh(limit)}。",
    )


def guard_texts(name: str, sheet: str, size: int, limits: Limits) -> None:
    """Raise ``FileRefusedError`` where the shared texts a sheet refers to unfold to too many bytes."""
    if size > limits.max_text_bytes:
        raise FileRefusedError(
            f"{name}: the texts of the sheet {sheet or 'in it'} unfold to {size:,} bytes; at most {limits.max_text_bytes:,} are read "
            f"{more_en('max_text_bytes')}.",
            f"{name}：工作表{sheet}的文本展开后达 {size:,} 字节，最多读取 {limits.max_text_bytes:,} 字节{more_zh('max_text_bytes')}。",
        )
