"""Undoing a change, unless that would do what nobody means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from industrymap.store import Base

__all__ = ["require_undoable"]


def require_undoable(store: Base, change: int, layer: str, *, empty: bool = False) -> None:
    """Refuse to undo a change of another layer, or the import that everything in the layer comes from.

    Parameters
    ----------
    store : Base
        The database.
    change : int
        Its number.
    layer : str
        Layer of the database that is meant.
    empty : bool
        An empty layer is meant.

    Raises
    ------
    ConfigError
        Something else must be meant. (A number that the database does not have is refused by the database.)
    """
    if not 1 <= change <= len(store.changes()):
        return
    # What one change did is the difference between the state before it and after it.
    done = store.diff(change - 1, change)
    layers = done["layer"].unique().tolist()
    if layer not in layers:
        raise ConfigError(
            f"Change {change} did nothing to {layer}; it is one of {', '.join(layers)}: say --layer {layers[0]}.",
            f"变更 {change} 没有改动 {layer}，它改动的是 {'、'.join(layers)}：请写 --layer {layers[0]}。",
        )
    # An import of the whole layer is also a change; undoing it by a slip would empty the map.
    made = set(done.loc[(done["layer"] == layer) & (done["kind"] == "added"), "id"])
    there = len(store.as_of(None, layer))
    if not empty and there and len(made) >= there:
        raise ConfigError(
            f"Change {change} brought all {there:,} features of {layer}; undoing it leaves the layer empty. Say --empty if that is meant.",
            f"{layer} 的全部 {there:,} 个要素都来自变更 {change}；撤销后图层将为空。确需如此，请加 --empty。",
        )
