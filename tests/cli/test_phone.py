"""``industrymap phone``: a card and a light page from a built workspace."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from PIL import Image

from industrymap import pipeline, sheets, workspace
from industrymap.cli import main
from industrymap.schemas import layer
from industrymap.webmap import MapLayer, MapModel, light

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def written(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("phone")
    with redirect_stdout(io.StringIO()), pytest.raises(SystemExit) as stop:
        main(["--lang", "zh", "phone", "-w", str(small_city), "-o", str(out)])
    assert not stop.value.code
    return out


def test_the_light_page_is_small_and_holds_no_firm(written: Path, small_city: Path) -> None:
    text = (written / "phone.html").read_text("utf-8")
    assert len(text.encode()) < 1_000_000
    manifest = json.loads(re.search(r'id="industrymap">(.*?)</script>', text, re.DOTALL)[1])
    assert {one["id"] for one in manifest["layers"]} == {"districts", "blocks", "parks"}
    firms = pipeline.layer(workspace.load(small_city), "enterprises")
    base = firms[firms["in_base"]]
    totals = manifest["meta"]["totals"]
    assert totals["firms"] == len(base)
    assert totals["revenue_10k_cny"] == pytest.approx(base["revenue_10k_cny"].sum())


@pytest.mark.skipif(sheets.font_files() == (None, None), reason="no Chinese font here")
def test_the_card_is_one_picture_of_a_phones_size(written: Path) -> None:
    with Image.open(written / "card.png") as image:
        assert (image.format, image.size) == ("PNG", (1080, 1440))
        inks = image.convert("RGB").getcolors(1 << 22)
    assert inks is not None
    assert (15, 118, 110) in {color for _, color in inks}  # parks to be upgraded


def test_sums_over_few_firms_are_left_out_of_the_light_page(small_city: Path) -> None:
    frame = pipeline.layer(workspace.load(small_city), "industrial_blocks")
    model = light(MapModel(layers=(MapLayer(layer("industrial_blocks"), frame),)))
    shown = model.frame("blocks")
    few = frame["base_firms"].between(1, 2)
    assert few.any()
    assert shown.loc[few, "base_revenue_10k_cny"].isna().all()
    kept = ~few & frame["base_revenue_10k_cny"].notna()
    assert pd.Series(shown.loc[kept, "base_revenue_10k_cny"]).notna().all()
