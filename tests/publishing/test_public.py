"""What ``import industrymap as im`` offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import industrymap as im


def test_the_list_is_sorted_and_every_name_is_there() -> None:
    names = [name for name in im.__all__ if name != "__version__"]
    assert names == sorted(names)
    for name in names:
        assert getattr(im, name) is not None


def test_a_wrong_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="geocod"):
        _ = im.geocod  # type: ignore[attr-defined]


def test_importing_it_loads_no_heavy_package() -> None:
    code = "import sys, industrymap; print([m for m in ('pandas', 'numpy', 'folium', 'geopandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_room_hides_a_public_name() -> None:
    """A submodule of the same name would take the place of a function once it is imported."""
    from importlib.util import find_spec

    for name in im.__all__:
        if name not in {"__version__", "datum"}:
            assert find_spec(f"industrymap.{name}") is None
