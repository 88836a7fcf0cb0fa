"""The last look before public files are put in place: texts of single firms are found wherever they hide."""

from __future__ import annotations

import pandas as pd
import pytest

from industrymap import publishing
from industrymap.errors import ConfigError

FIRMS = pd.DataFrame(
    {
        "name": pd.array(["样例精密机械有限公司", "甲厂", pd.NA], dtype="string"),
        "uscc": pd.array(["91440101MA00000000", pd.NA, pd.NA], dtype="string"),
        "address": pd.array(["某区某路88号", "某区某街道", pd.NA], dtype="string"),
    }
)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "样例精密机械有限公司工业园"}',
        "code 91440101MA00000000.",
        "某区某路88号旁",
    ],
)
def test_a_text_of_one_firm_is_refused_wherever_it_hides(text: str) -> None:
    with pytest.raises(ConfigError, match=r"parks\.geojson") as caught:
        publishing.search({"parks.geojson": text}, firms=FIRMS, code="")
    assert "未公开发布" in caught.value.zh


@pytest.mark.parametrize("text", ["某区某街道", "甲厂", "样例精密", ""])
def test_a_street_or_a_short_word_is_anybodys(text: str) -> None:
    publishing.search({"parks.geojson": text}, firms=FIRMS, code="")


def test_what_the_page_itself_says_gives_nothing_away() -> None:
    page = "const x = 'const';"
    firms = pd.DataFrame({"name": pd.array(["const"], dtype="string")})
    publishing.search({"map.html": page}, firms=firms, code=page)
