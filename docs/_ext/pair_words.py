"""Search that finds Chinese without a dictionary: every two neighbouring characters are a word, in pages and in queries."""

from __future__ import annotations

import re
from typing import Any

from sphinx import search
from sphinx.search.en import SearchEnglish

_HAN = "\u3400-\u9fff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")

_SPLITTER = """
var splitQuery = function (query) {
  var words = [];
  var runs = query.match(/[\\u3400-\\u9fff]+|[^\\s\\u3400-\\u9fff.,;:!?()\\[\\]{}"'`，。；：！？（）“”、]+/g) || [];
  runs.forEach(function (run) {
    if (!/[\\u3400-\\u9fff]/.test(run) || run.length === 1) { words.push(run); return; }
    for (var i = 0; i + 1 < run.length; i++) words.push(run.slice(i, i + 2));
  });
  return words;
};
"""


def pairs(text: str) -> list[str]:
    """Return the words of a text: Latin words as they are, Chinese runs as overlapping pairs and single characters."""
    found: list[str] = []
    for run in _RUNS.findall(text):
        if run[0] < "\u3400" or run[0] > "\u9fff":
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
            found.extend(run)
    return found


class PairWords(SearchEnglish):
    """The index of both trees: pages in Chinese name English columns, pages in English name Chinese headings."""

    js_splitter_code = _SPLITTER

    def split(self, text: str) -> list[str]:
        """Cut a text into words."""
        return pairs(text)

    def word_filter(self, word: str) -> bool:
        """Keep every Chinese word; of others those the English index keeps."""
        return word >= "\u3400" or super().word_filter(word)


def setup(app: Any) -> dict[str, bool]:  # noqa: ARG001 - Sphinx's signature
    """Take the place of both languages' own indexes."""
    search.languages |= {"en": PairWords, "zh": PairWords}
    return {"parallel_read_safe": True, "parallel_write_safe": True}
