"""The sample city: the base, its sizes, clusters and tiers equal the truth where inputs are sound; dirt is listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from industrymap import citypack, enterprises, pipeline, tables, tagging, workspace

ROOT = Path(__file__).parents[2]
YEARS = (2021, 2022, 2023, 2024, 2025)

TOLD = {
    "code_": ("uscc.repaired", "uscc.missing", "uscc.legacy", "uscc.check_digit", "uscc.form", "uscc.scientific"),
    "industry_": ("industry.rewritten", "industry.missing", "industry.coarse"),
    "name_": ("name.repaired", "name.note"),
    "old_name": ("identity.name_differs", "source.conflict", "identity.joined"),
    "hostile_name": ("name.odd",),
    "duplicate_": ("identity.repeated_row", "identity.joined"),
    "two_revenues": ("figure.two_for_year",),
    "money_negative": ("amount.negative",),
    "money_absurd": ("amount.absurd",),
    "money_blank": ("revenue.missing",),
    "money_text": ("revenue.missing", "amount.unreadable", "cell.excel_error"),
    "money_": ("amount.repaired",),
    "declared_district_wrong": ("assign.declared_conflict", "assign.district_conflict", "geocode.conflict"),
    "axes_swapped": ("geocode.outside_city", "coordinate.swapped_row"),
    "zero_point": ("geocode.outside_city",),
    "datum_blank": ("geocode.no_datum",),
}  # fmt: skip
"""What is done to a row, by the beginning of its kind → the rules of which one must tell of it."""

NOTHING_TO_TELL = {
    "hostile_note": "a note is no input of the base: it is carried as text",
    "year_before": "a row of another year is no dirt: its figures stand in that year",
    "datum_wrong": "a shift of half a kilometre that leaves the firm in its town cannot be seen",
}


class Run(NamedTuple):
    """One run over the sample, beside its truth."""

    base: enterprises.Base
    frame: pd.DataFrame
    tags: pd.DataFrame
    issues: pd.DataFrame
    truth: pd.DataFrame
    rows: pd.DataFrame


def file_of(source: pd.Series) -> pd.Series:
    return source.str.split("#").str[0]


@pytest.fixture(scope="module")
def run() -> Run:
    space = workspace.load(ROOT)
    pack = citypack.load(space.city)
    read = [(source, tables.read(source.file)) for source in space.tables]
    base = enterprises.build(
        [enterprises.Intake(table=t, kind=s.kind) for s, t in read if s.kind != "list"],
        pack=pack,
        year=2025,
    )
    lists = [
        tagging.OfficialList(frame=t.frame, taxonomy=s.taxonomy or "", label=s.label or "")
        for s, t in read
        if s.kind == "list"
    ]
    frame, tags, wrong = tagging.tag(base.frame, pack=pack, lists=lists, year=2025)
    rows = pd.read_parquet(ROOT / "truth/rows.parquet")
    ids = rows.set_index(["file", "row"])["firm_id"]
    frame["firm_id"] = [
        ids.get((f, int(r)))
        for f, r in zip(file_of(frame["source"]), frame["source_row"], strict=True)
    ]
    issues = pd.concat([base.issues, wrong, *(t.issues for s, t in read if s.kind != "list")])
    truth = pd.read_parquet(ROOT / "truth/enterprises.parquet").set_index("firm_id")
    return Run(base, frame, tags, issues, truth, rows)


def sound(run: Run) -> pd.DataFrame:
    """Return our firms whose every row bears a valid code and the present name, beside their truth."""
    return run.frame.merge(
        run.truth[run.truth["identity_sound"]],
        left_on="firm_id",
        right_index=True,
        suffixes=("", "_true"),
    )


def labels(run: Run, taxonomy: str, *, source: str | None = None) -> pd.Series:
    rows = run.tags[run.tags["taxonomy"] == taxonomy]
    rows = rows if source is None else rows[rows["source"] == source]
    return rows.groupby("enterprise_id")["label_id"].agg(
        lambda ids: ";".join(sorted(ids.astype(str)))
    )


def test_every_sound_firm_is_there_exactly_once(run: Run) -> None:
    found = sound(run)
    assert found["firm_id"].is_unique
    assert len(found) == run.truth["identity_sound"].sum()


@pytest.mark.parametrize("year", YEARS)
def test_the_base_of_every_year_equals_the_truth(run: Run, year: int) -> None:
    revenue = run.base.years[run.base.years["year"] == year].set_index("enterprise_id")[
        "revenue_10k_cny"
    ]
    found = sound(run)
    expected = found[f"expected_in_base_{year}"]
    known = expected.notna()
    got = (found["enterprise_id"].map(revenue) >= 1000).fillna(value=False)
    assert known.sum() > 300
    assert got[known].tolist() == expected[known].astype(bool).tolist()


@pytest.mark.parametrize("year", YEARS)
def test_so_it_does_for_firms_whose_rows_are_not_sound(run: Run, year: int) -> None:
    """A firm in pieces counts where any piece reaches the line: no piece may add what no row supports."""
    revenue = run.base.years[run.base.years["year"] == year].set_index("enterprise_id")
    reached = run.frame["enterprise_id"].map(revenue["revenue_10k_cny"]) >= 1000
    got = reached.fillna(value=False).groupby(run.frame["firm_id"]).any()
    expected = run.truth[f"expected_in_base_{year}"].dropna().astype(bool)
    assert got[expected.index].tolist() == expected.tolist()


def test_a_firm_in_two_pieces_is_listed_and_none_swallows_another(run: Run) -> None:
    """Of 1,295 firms with an unsound row, fewer than one in twenty stay in pieces: same name, no code, another address."""
    pieces = run.frame[run.frame["firm_id"].duplicated(keep=False)]
    lines = run.issues[run.issues["rule"] == "identity.possible_duplicate"]
    listed = set(zip(lines["source"], lines["row"], strict=True))
    known = [
        firm
        for firm, part in pieces.groupby("firm_id")
        if listed & set(zip(part["source"], part["source_row"], strict=True))
    ]
    assert sorted(known) == sorted(pieces["firm_id"].unique())
    assert 0 < len(known) < (~run.truth["identity_sound"]).sum() / 20
    assert set(run.truth.index) == set(run.frame["firm_id"])


def test_size_classes_equal_the_truth(run: Run) -> None:
    found = sound(run)
    known = found["expected_size_class"].fillna("") != ""
    assert found[known]["size_class"].tolist() == found[known]["expected_size_class"].tolist()


def test_clusters_equal_the_truth_and_so_does_the_primary_one(run: Run) -> None:
    found = sound(run)
    expected = found["expected_clusters"].fillna("")
    known = expected != ""
    got = found["enterprise_id"].map(labels(run, "clusters2019"))
    assert known.sum() > 300
    assert got[known].tolist() == [";".join(sorted(c.split(";"))) for c in expected[known]]
    first = (
        run.tags[(run.tags["taxonomy"] == "clusters2019") & run.tags["primary"]]
        .set_index("enterprise_id")["label_id"]
        .astype(str)
    )
    assert found["enterprise_id"].map(first)[known].tolist() == [
        c.split(";")[0] for c in expected[known]
    ]


def spoiled_names(run: Run) -> set[str]:
    """Return firms whose name in some row has foreign text appended: a list that gives only names cannot meet them."""
    return set(run.rows[run.rows["dirt"].str.contains("hostile_name")]["firm_id"])


def test_tiers_of_official_lists_equal_the_truth(run: Run) -> None:
    listed = {"champion", "little_giant", "srdi", "hightech"}
    found = sound(run)
    found = found[~found["firm_id"].isin(spoiled_names(run))]
    expected = [
        ";".join(sorted(set(t.split(";")) & listed)) for t in found["tiers_true"].fillna("")
    ]
    got = found["enterprise_id"].map(labels(run, "tiers", source="official_list")).fillna("")
    assert got.tolist() == expected
    assert sum(bool(tier) for tier in expected) > 100


def test_a_listed_firm_whose_name_is_spoiled_is_listed_as_not_found(run: Run) -> None:
    missed = set(run.issues[run.issues["rule"] == "list.unknown_firm"]["value"])
    for firm in spoiled_names(run):
        row = run.frame[run.frame["firm_id"] == firm].iloc[0]
        wanted = set(str(run.truth.loc[firm, "tiers"] or "").split(";")) & {
            "champion",
            "little_giant",
            "srdi",
            "hightech",
        }
        borne = set(
            labels(run, "tiers", source="official_list").get(row["enterprise_id"], "").split(";")
        )
        assert wanted <= borne or run.truth.loc[firm, "name"] in missed


def test_no_trader_or_service_firm_is_in_a_cluster(run: Run) -> None:
    elsewhere = run.frame[
        run.frame["firm_id"].map(run.truth["industry_code"]).str[:2].astype(int) > 43
    ]
    coded = elsewhere[elsewhere["industry_code"].notna()]
    assert len(coded) > 10
    assert coded["cluster"].isna().all()


def family(kind: str) -> str:
    return next((name for name in TOLD if kind.startswith(name)), "")


@pytest.fixture(scope="module")
def issues_of_build(small_city: Path) -> pd.DataFrame:
    return pd.read_csv(small_city / "outputs/issues.csv", dtype="string", encoding="utf-8-sig")


@pytest.fixture(scope="module")
def told(small_city: Path, issues_of_build: pd.DataFrame) -> dict[str, set[str]]:
    """Return what a build told of the rows of each firm: firm → ids of rules."""
    rows = pd.read_parquet(small_city / "truth/rows.parquet").set_index(["file", "row"])["firm_id"]
    lines = issues_of_build.dropna(subset=["row"])
    where = zip(file_of(lines["source"]), lines["row"].astype(float).astype(int), strict=True)
    firms = [rows.get(place) for place in where]
    return lines.groupby(pd.Series(firms, index=lines.index))["rule"].apply(set).to_dict()


def test_every_kind_of_dirt_has_its_place(small_city: Path) -> None:
    rows = pd.read_parquet(small_city / "truth/rows.parquet")
    kinds = {kind for dirt in rows["dirt"] for kind in dirt.split(";") if kind}
    assert not {kind for kind in kinds if not family(kind) and kind not in NOTHING_TO_TELL}
    assert len(kinds) > 25


@pytest.mark.parametrize("kind", TOLD)
def test_every_dirty_row_is_repaired_with_a_note_or_listed(
    small_city: Path, told: dict[str, set[str]], kind: str
) -> None:
    rows = pd.read_parquet(small_city / "truth/rows.parquet")
    firms = pd.read_parquet(small_city / "truth/enterprises.parquet").set_index("firm_id")
    ours = set(pipeline.layer(workspace.load(small_city), "enterprises")["name"])
    firms = firms.assign(name_is_clean=firms["name"].isin(ours))
    silent = [
        (row["file"], row["row"], one)
        for row in rows.reset_index().to_dict("records")
        for one in row["dirt"].split(";")
        if family(one) == kind
        and not set(TOLD[kind]) & told.get(row["firm_id"], set())
        and not nothing_wrong(one, row, rows, firms)
    ]
    assert silent == []


def nothing_wrong(kind: str, row: dict[str, Any], rows: pd.DataFrame, firms: pd.DataFrame) -> bool:
    """Say whether a row marked as dirty holds nothing that a reader of all rows could see."""
    yuan = firms.loc[row["firm_id"], "revenue_yuan_2025"]
    others = rows[(rows["firm_id"] == row["firm_id"]) & (rows.index != row["index"])]
    if kind == "money_thousands":  # no separator below a thousand
        return bool(yuan / (1e4 if "statistics" in row["file"] else 1) < 1000)
    if kind in ("money_blank", "money_text"):  # another row states it
        return bool(others["revenue_yuan"].notna().any())
    if (
        kind == "hostile_name"
    ):  # line and paragraph separators at the end: every cell is trimmed of white space
        return bool(firms.loc[row["firm_id"], "name_is_clean"])
    if kind == "old_name":  # no row bears another name
        return bool(others["dirt"].str.contains("old_name").all())
    return False


def test_no_cell_is_told_of_twice(issues_of_build: pd.DataFrame) -> None:
    cells = issues_of_build[issues_of_build["rule"].str.match(r"cell\.|amount\.")].dropna(
        subset=["row"]
    )
    assert len(cells) > 20
    assert not cells.duplicated(["source", "row", "column"]).any()


def test_a_firm_without_usable_revenue_is_listed(run: Run) -> None:
    blank = run.frame[run.frame["revenue_10k_cny"].isna()]
    lines = run.issues[run.issues["rule"] == "revenue.missing"]
    assert len(lines) == len(blank)


def test_nothing_is_lost(run: Run) -> None:
    assert set(run.truth.index) <= set(run.frame["firm_id"])
    assert run.base.counts["rows"] == len(run.rows)
