"""Every error the package raises, each with one sentence in English and one in Chinese.

::

    IndustryMapError
    ├── FileRefusedError      (ValueError)         the guarded reader will not open this file
    ├── FileMissingError      (FileNotFoundError)  no such file or folder
    ├── WriteFailedError      (OSError)            an output could not be put in place
    ├── TableError            (ValueError)         a table without the columns or rows it needs
    ├── LayerError            (ValueError)         a layer whose features cannot be used
    ├── DatumError            (ValueError)         an unknown, missing or refused coordinate system
    ├── ConfigError           (ValueError)         industrymap.toml or an option is wrong
    ├── CityPackError         (LookupError)        no such city pack, or a broken one
    ├── GazetteerError        (ValueError)         a gazetteer file that contradicts itself
    ├── ProviderError         (RuntimeError)       an online geocoder did not serve us
    │   ├── MissingKeyError   (LookupError)        the environment variable of its key is empty
    │   └── QuotaError                             its daily allowance is used up
    ├── FilterError           (ValueError)         a filter that cannot be read
    ├── CompareError          (ValueError)         figures of cities that cannot be put beside each other
    ├── EvaluationError       (ValueError)         weights, bounds or values that no score can be made from
    ├── IndicatorError        (ValueError)         a formula or definition that cannot be computed
    ├── PackageError          (ValueError)         a file that is no release package
    ├── PeriodError           (ValueError)         a text that names no period of whole months
    ├── RuleError             (ValueError)         a taxonomy, standard or list rule that is wrong
    ├── SeriesError           (ValueError)         observations that contradict each other, or a damaged vintage
    └── StoreError            (RuntimeError)       the workspace database cannot be used
        ├── StoreBusyError    (TimeoutError)       another process is writing
        └── ConflictError                          a change contradicts what changed since

A message quotes the value, says what was expected and lists the alternatives.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CityPackError",
    "CompareError",
    "ConfigError",
    "ConflictError",
    "DatumError",
    "EvaluationError",
    "FileMissingError",
    "FileRefusedError",
    "FilterError",
    "GazetteerError",
    "IndicatorError",
    "IndustryMapError",
    "LayerError",
    "MissingKeyError",
    "PackageError",
    "PeriodError",
    "ProviderError",
    "QuotaError",
    "RuleError",
    "SeriesError",
    "StoreBusyError",
    "StoreError",
    "TableError",
    "WriteFailedError",
    "did_you_mean",
    "nearest",
    "pick",
    "unknown",
]


class IndustryMapError(Exception):
    """The root of the tree.

    Parameters
    ----------
    en : str
        One sentence in English: the value, what was expected, the alternatives.
    zh : str
        The same sentence in Chinese.

    Examples
    --------
    >>> import industrymap as im
    >>> try:
    ...     im.load_city("guangzhuo")
    ... except im.IndustryMapError as error:
    ...     print(type(error).__name__, error.zh[:4])
    CityPackError 没有名为
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def text(self, lang: str = "en") -> str:
        """Return the sentence in ``lang`` (``"zh"`` or ``"en"``)."""
        return self.zh if lang == "zh" else self.en

    def __str__(self) -> str:
        # What a log or a traceback shows; the command line asks for the user's language.
        return self.en


class FileRefusedError(IndustryMapError, ValueError):
    """The guarded reader will not open this file."""


class FileMissingError(IndustryMapError, FileNotFoundError):
    """There is no such file or folder."""


class WriteFailedError(IndustryMapError, OSError):
    """An output could not be put in place; what was there before is unchanged."""


class TableError(IndustryMapError, ValueError):
    """A table lacks the columns or rows it needs."""


class LayerError(IndustryMapError, ValueError):
    """A layer's features cannot be used."""


class DatumError(IndustryMapError, ValueError):
    """A coordinate system is unknown, missing or refused."""


class ConfigError(IndustryMapError, ValueError):
    """``industrymap.toml`` or an option is wrong."""


class CityPackError(IndustryMapError, LookupError):
    """There is no such city pack, or its files contradict each other."""


class GazetteerError(IndustryMapError, ValueError):
    """A gazetteer file contradicts itself."""


class ProviderError(IndustryMapError, RuntimeError):
    """An online geocoder did not serve us."""


class MissingKeyError(ProviderError, LookupError):
    """The environment variable that holds the provider's key is empty."""


class QuotaError(ProviderError):
    """The provider's daily allowance is used up."""


class FilterError(IndustryMapError, ValueError):
    """A filter cannot be read."""


class CompareError(IndustryMapError, ValueError):
    """Figures of cities cannot be put beside each other."""


class EvaluationError(IndustryMapError, ValueError):
    """Weights, bounds or values are such that no score can be made from them."""


class IndicatorError(IndustryMapError, ValueError):
    """A formula or a definition of an indicator cannot be computed."""


class PackageError(IndustryMapError, ValueError):
    """A file that is no release package."""


class PeriodError(IndustryMapError, ValueError):
    """A text names no period of whole months."""


class RuleError(IndustryMapError, ValueError):
    """A taxonomy, a standard or a list rule is wrong."""


class SeriesError(IndustryMapError, ValueError):
    """Observations contradict each other, or a vintage of the running database is damaged."""


class StoreError(IndustryMapError, RuntimeError):
    """The workspace database cannot be used."""


class StoreBusyError(StoreError, TimeoutError):
    """Another process is writing."""


class ConflictError(StoreError):
    """A change contradicts what changed since it was prepared."""


def nearest(word: str, known: Iterable[str], *, n: int = 3) -> list[str]:
    """Return up to ``n`` known words that look like ``word``, best first.

    Examples
    --------
    >>> nearest("distrct", ["district", "town", "name"])
    ['district']
    """
    # Sorted first: of two words equally near, the same one is suggested on every machine.
    return difflib.get_close_matches(word, sorted(set(known)), n=n, cutoff=0.6)


def did_you_mean(near: Iterable[str], *, plain: bool = False) -> tuple[str, str]:
    """Return the question whether one of these was meant, in English (a space before it) and Chinese; empty where there is none.

    Parameters
    ----------
    near : iterable of str
        Usually what :func:`nearest` found.
    plain : bool
        Without quotation marks.

    Examples
    --------
    >>> did_you_mean(nearest("distrct", ["district", "town"]))
    (" Did you mean 'district'?", '是否指“district”？')
    >>> did_you_mean([])
    ('', '')
    """
    words = list(near)
    if not words:
        return "", ""
    en = words if plain else map(repr, words)
    zh = words if plain else (f"“{word}”" for word in words)
    return f" Did you mean {', '.join(en)}?", f"是否指{' ' if plain else ''}{'、'.join(zh)}？"


def pick(value: str, known: Iterable[str], *, en: str, zh: str) -> str:
    """Return ``value`` where it is one of ``known``.

    Parameters
    ----------
    value : str
    known : iterable of str
        In the order in which a person should read them.
    en, zh : str
        What it is, such as ``profile``.

    Raises
    ------
    ConfigError
        It is none of them; all are named, and the one that was probably meant.

    Examples
    --------
    >>> pick("zh", ("zh", "en"), en="language", zh="语言")
    'zh'
    """
    words = tuple(known)
    if value in words:
        return value
    raise unknown(value, words, en=en, zh=zh)


def unknown(value: str, known: Iterable[str], *, en: str, zh: str) -> ConfigError:
    """Return the error of :func:`pick`."""
    words = tuple(known)
    said_en, said_zh = did_you_mean(nearest(str(value), words, n=1))
    return ConfigError(
        f"There is no {en} {value!r}; known: {', '.join(words)}.{said_en}",
        f"没有{zh}“{value}”；可用：{'、'.join(words)}。{said_zh}",
    )
