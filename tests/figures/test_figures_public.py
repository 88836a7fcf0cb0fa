"""Public figures of areas: nothing of one or two firms, by itself or by subtraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from test_figures import HEAD, known

from industrymap.errors import ConfigError
from industrymap.figures import Asked, Figures, Units, compute, firms_of
from industrymap.indicators import load
from industrymap.periods import parse
from industrymap.publishing import Counted, withheld_sums

if TYPE_CHECKING:
    from pathlib import Path

# Six firms in 01, five in 02, two in 03.
PLACES = ["01"] * 6 + ["02"] * 5 + ["03"] * 2
IDS = [f"f{n}" for n in range(len(PLACES))]
TAX = [10, 12, 11, 9, 10, 13, 20, 21, 19, 22, 20, 7, 8]


def published(
    folder: Path, formulas: dict[str, str], *, level: str = "district", public: bool = True, extra: tuple[tuple[str, str, str, str, float], ...] = ()
) -> Figures:  # fmt: skip
    entries = [
        f'[[indicator]]\nid = "{id_}"\nzh = "{id_}"\nen = "{id_}"\nunit = "1"\nformula = "{text}"\n'
        for id_, text in formulas.items()
    ]
    path = folder / "own.toml"
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    base = pd.DataFrame({"enterprise_id": IDS, "district_code": PLACES, "town_code": PLACES})
    # Of 01 all firms but one have the label.
    tags = pd.DataFrame({"enterprise_id": IDS[1:11], "label_id": "hightech"})
    rows = [("firm", i, "tax_10k_cny", "2025", float(v)) for i, v in zip(IDS, TAX, strict=True)]
    units = Units(level=level, names=dict.fromkeys(("01", "02", "03"), ""))
    asked = Asked(units=units, periods=[parse("2025")], public=public)
    firms = firms_of(base.astype("string"), tags)
    return compute(load(path), known(*rows, *extra), asked=asked, firms=firms)


def values(found: Figures, indicator: str) -> list[float | None]:
    rows = found.table[found.table["indicator"] == indicator]
    return [None if pd.isna(v) else float(v) for v in rows["value"]]


def test_a_cell_of_two_firms_and_one_more_beside_it_are_withheld(tmp_path: Path) -> None:
    found = published(tmp_path, {"x": "sum(tax_10k_cny)"})
    # 03 has two firms; the city's total less 01 and 02 would give them: the smaller of the two goes with it.
    assert values(found, "x") == [65.0, None, None]
    assert found.withheld[["unit", "reason"]].to_numpy().tolist() == [["02", "subtraction"], ["03", "few"]]  # fmt: skip
    row = found.table.set_index("unit").loc["03"]
    assert row[["n", "coverage"]].isna().all()
    assert found.missing == {}
    assert values(published(tmp_path, {"x": "sum(tax_10k_cny)"}, public=False), "x")[2] == 15.0


def test_two_sums_that_differ_by_one_firm_are_not_both_shown(tmp_path: Path) -> None:
    found = published(
        tmp_path, {"x": "sum(tax_10k_cny)", "y": "sum(tax_10k_cny where hightech = true)"}
    )
    # All firms of 01 less those with the label is the one without it.
    shown = [values(found, i)[0] for i in ("x", "y")]
    assert shown.count(None) >= 1


def test_what_builds_on_a_withheld_value_is_withheld_too(tmp_path: Path) -> None:
    found = published(tmp_path, {"x": "sum(tax_10k_cny)", "twice": "x * 2"})
    assert values(found, "twice") == [130.0, None, None]


def test_reported_totals_are_shown_of_districts_and_not_of_towns(tmp_path: Path) -> None:
    for level, shown in (("district", [5.0]), ("town", [None])):
        extra = ((level, "01", "export_10k_cny", "2025", 5.0),)
        found = published(tmp_path, {"x": "sum(export_10k_cny)"}, level=level, extra=extra)
        assert values(found, "x")[:1] == shown
        assert set(found.withheld["reason"]) == (set() if shown[0] else {"reported"})


def test_single_firms_are_never_public(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Figures of single firms are not published"):
        published(tmp_path, {"x": "sum(tax_10k_cny)"}, level="firm")


def test_a_firm_that_makes_up_a_sum_is_protected() -> None:
    values_ = np.array([900.0, 10, 10, 10, 50, 60, 55, 52])
    unit = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    found = withheld_sums([Counted(firms=np.ones(8, dtype=bool), values=values_)], unit, 2)
    assert found[0][0] == "dominance"
    # A count gives nobody away who is one of four.
    assert withheld_sums([Counted(firms=np.ones(8, dtype=bool))], unit, 2) == [{}]
