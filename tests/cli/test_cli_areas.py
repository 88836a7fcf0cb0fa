"""Areas that share a name: none is taken for the other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from industrymap.cli.index import _wide
from industrymap.errors import ConfigError
from industrymap.pipeline import code_of


def test_an_area_is_meant_by_its_code_or_by_a_name_that_no_other_has() -> None:
    names = {"P1": "东园", "P2": "西园", "P3": "东园"}
    assert (code_of(names, "P3"), code_of(names, "西园"), code_of(names, "南园")) == (
        "P3",
        "P2",
        None,
    )
    with pytest.raises(ConfigError, match="P1, P3"):
        code_of(names, "东园")


def test_the_names_of_an_index_stay_beside_their_figures() -> None:
    parks = [("P1", "东园", 110.0), ("P2", "东园", 120.0), ("P3", "西园", 130.0)]
    rows = [
        (u, n, p, v if p == "2025" else 100.0, 1.0) for u, n, v in parks for p in ("2024", "2025")
    ]
    table = pd.DataFrame(rows, columns=["unit", "name", "period", "index", "coverage"])
    done: Any = SimpleNamespace(table=table, of=None)
    wide = _wide(done)
    assert wide.iloc[:, [0, 2]].to_numpy().tolist() == [
        ["东园", 110.0],
        ["东园", 120.0],
        ["西园", 130.0],
    ]
