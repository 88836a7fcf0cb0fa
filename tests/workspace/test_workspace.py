"""``industrymap.toml``: typed, and every wrong key named at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import workspace
from industrymap.errors import ConfigError, FileMissingError

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = '[workspace]\ntitle = "图"\ncity = "sample"\n'


def test_the_defaults_are_honest(tmp_path: Path) -> None:
    found = workspace.parse(MINIMAL, folder=tmp_path)
    assert found.threshold_10k_cny == 1000
    assert found.strict
    assert not found.simulated
    assert found.providers == ()
    assert found.basemap == "none"


def test_every_wrong_key_is_named_at_once_with_the_nearest(tmp_path: Path) -> None:
    text = MINIMAL + 'producr = "x"\n[enterprise]\nyear = 1\n[geocoding]\nstrikt = true\n'
    with pytest.raises(ConfigError) as caught:
        workspace.parse(text, folder=tmp_path)
    assert "'workspace.producr' (did you mean 'producer')" in caught.value.en
    assert "'enterprise' (did you mean 'enterprises')" in caught.value.en
    assert "'geocoding.strikt' (did you mean 'strict')" in caught.value.en
    assert "3 处错误" in caught.value.zh


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("simulated = 1", "should be true or false"),
        ('data_date = "yesterday"', "should be a date"),
        ("title = 3", "should be a text"),
    ],
)
def test_a_value_of_the_wrong_kind_is_quoted(tmp_path: Path, line: str, said: str) -> None:
    text = f"[workspace]\n{line}\n"
    with pytest.raises(ConfigError, match=said):
        workspace.parse(text, folder=tmp_path)


def test_a_list_needs_its_taxonomy_and_label(tmp_path: Path) -> None:
    text = MINIMAL + '[enterprises]\ntables = [ { file = "a.csv", kind = "list" } ]\n'
    with pytest.raises(ConfigError, match="needs taxonomy and label"):
        workspace.parse(text, folder=tmp_path)


def test_an_unknown_kind_names_the_nearest(tmp_path: Path) -> None:
    text = MINIMAL + '[enterprises]\ntables = [ { file = "a.csv", kind = "statistic" } ]\n'
    with pytest.raises(ConfigError, match="nearest: statistics"):
        workspace.parse(text, folder=tmp_path)


def test_broken_toml_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        workspace.parse("[workspace", folder=tmp_path)


def test_a_folder_without_a_configuration_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match="industrymap init"):
        workspace.load(tmp_path)


def test_a_new_workspace_reads_back(tmp_path: Path) -> None:
    workspace.create(tmp_path / "w", city="sample", title='示例"图"')
    found = workspace.load(tmp_path / "w")
    assert found.title == '示例"图"'
    assert found.outputs == tmp_path / "w" / "outputs"
    assert (tmp_path / "w" / "layers").is_dir()


def test_a_second_init_changes_nothing(tmp_path: Path) -> None:
    workspace.create(tmp_path, city="sample", title="一")
    with pytest.raises(ConfigError, match="already holds a workspace"):
        workspace.create(tmp_path, city="sample", title="二")
    assert workspace.load(tmp_path).title == "一"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip))
def test_any_title_survives_the_template(
    tmp_path_factory: pytest.TempPathFactory, title: str
) -> None:
    folder = tmp_path_factory.mktemp("w")
    workspace.create(folder, city="sample", title=title)
    assert workspace.load(folder).title == title


@pytest.mark.parametrize("written", ["nan", "inf"])
def test_a_number_that_is_none_is_refused(tmp_path: Path, written: str) -> None:
    text = (
        f'[workspace]\ntitle = "x"\ncity = "sample"\n[enterprises]\nthreshold_10k_cny = {written}\n'
    )
    (tmp_path / "industrymap.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"threshold_10k_cny = .* is not a finite number"):
        workspace.load(tmp_path)
