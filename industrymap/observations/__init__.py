"""Monthly, quarterly and yearly tables as bureaus write them, read into observations for the running database.

A figure in such a table follows from everything around it: its row, the headings above it, the sheet's name and the title say
which area or firm, which measure, which period, which unit, and whether it is the figure itself, last year's or a rate.
:func:`read` puts that together; what cannot be told of a figure leaves it out, with an issue that says what was missing.
"""

from industrymap.observations._doubts import doubts
from industrymap.observations._join import Known, known_by_name
from industrymap.observations._read import Given, Reading, read
from industrymap.observations._words import Words

__all__ = ["Given", "Known", "Reading", "Words", "doubts", "known_by_name", "read"]
