"""The sample's dirty files read and graded by every shipped rule: the letters of an independent clerk over the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import plain_grader
import pytest
from grading_truth import firms

from industrymap import pipeline, sample

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graded")
    sample.generate(folder, scale=0.04, grading=True)
    pipeline.build(folder)
    return folder


@pytest.fixture(scope="module")
def truth(city: Path) -> tuple[list[plain_grader.Firm], list[plain_grader.Firm]]:
    base, years = (pd.DataFrame(pipeline.layer(city, n)) for n in ("enterprises", "years"))
    return firms(city, base, years, 2025), firms(city, base, years, 2024)


@pytest.mark.slow
@pytest.mark.parametrize("rule", plain_grader.RULES)
def test_every_firm_has_the_letter_that_the_truth_gives_it(
    city: Path, truth: tuple[list[plain_grader.Firm], list[plain_grader.Firm]], rule: str
) -> None:
    from industrymap import citypack, grading, workspace

    space = workspace.load(city)
    rules = grading.known(citypack.load("guangzhou").folders)
    inputs = grading.read(space.grading_inputs, year=2025)
    assert space.parcels is not None
    parcels = grading.read_parcels(space.parcels, crs=citypack.load(space.city).crs)
    frames = []
    for year in (2025, 2024):
        base, years = (pd.DataFrame(pipeline.layer(city, n)) for n in ("enterprises", "years"))
        of_year = grading.with_parcels(grading.of_year(inputs, base, years, year), parcels)
        frame = grading.used_land(of_year).frame
        frames.append(grading.together(frame) if rules[rule].together else (frame, {}))
    (now, lead), (past, _) = frames
    table = grading.grade(rules[rule], now, previous=past).table().set_index("enterprise_id")
    expected = plain_grader.grade(rule, *truth)
    wrong = []
    for id_, (letter, score) in expected.items():
        got = table.loc[lead.get(id_, id_)]
        same = (None if pd.isna(got["letter"]) else got["letter"]) == letter
        near = pd.isna(got["score"]) if score is None else abs(got["score"] - score) <= 2e-4
        if not (same and near):
            wrong.append((id_, letter, score, got["letter"], got["score"]))
    assert not wrong, (len(wrong), wrong[:5])
    assert sum(score is not None for _, score in expected.values()) > 150
