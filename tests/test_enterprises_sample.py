"""The sample city: the base, its sizes, clusters and tiers equal the truth where inputs are sound; dirt is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pytest

from industrymap import citypack, enterprises, tables, tagging, workspace

if TYPE_CHECKING:
    from pathlib import Path

YEARS = (2021, 2022, 2023, 2024, 2025)


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
def run(small_city: Path) -> Run:
    space = workspace.load(small_city)
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
    rows = pd.read_parquet(small_city / "truth/rows.parquet")
    ids = rows.set_index(["file", "row"])["firm_id"]
    frame["firm_id"] = [
        ids.get((f, int(r)))
        for f, r in zip(file_of(frame["source"]), frame["source_row"], strict=True)
    ]
    issues = pd.concat([base.issues, wrong, *(t.issues for s, t in read if s.kind != "list")])
    truth = pd.read_parquet(small_city / "truth/enterprises.parquet").set_index("firm_id")
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


def test_every_dirty_cell_is_repaired_with_a_note_or_listed(run: Run) -> None:
    kinds = (
        "code_",
        "industry_",
        "name_",
        "duplicate_",
        "money_negative",
        "money_absurd",
        "money_currency",
        "money_unit_in_cell",
        "money_fullwidth",
    )
    told = set(
        zip(file_of(run.issues["source"]), run.issues["row"].fillna(-1).astype(int), strict=True)
    )
    dirty = run.rows[run.rows["dirt"] != ""]
    silent = [
        (file, row, dirt)
        for file, row, dirt in zip(dirty["file"], dirty["row"], dirty["dirt"], strict=True)
        if any(part.startswith(kinds) for part in dirt.split(";")) and (file, int(row)) not in told
    ]
    assert silent == []


def test_a_firm_without_usable_revenue_is_listed(run: Run) -> None:
    blank = run.frame[run.frame["revenue_10k_cny"].isna()]
    lines = run.issues[run.issues["rule"] == "revenue.missing"]
    assert len(lines) == len(blank)


def test_nothing_is_lost(run: Run) -> None:
    assert set(run.truth.index) <= set(run.frame["firm_id"])
    assert run.base.counts["rows"] == len(run.rows)
