"""What may leave the office: the one place that decides it, for maps, files and commands alike.

``public.csv`` lists the columns of each layer that may be shown: ``plain`` ones as they stand, ``count`` ones are numbers of
firms, ``figure`` ones are sums over the base. A layer that is not listed, such as enterprises, is not published. Of the listed
numbers, :func:`publish` withholds those that lead back to one or two firms, by themselves or by subtraction.
"""

from industrymap.publishing._columns import fields, note
from industrymap.publishing._frames import background, one_layer
from industrymap.publishing._layers import approve, publish
from industrymap.publishing._search import search

__all__ = ["approve", "background", "fields", "note", "one_layer", "publish", "search"]
