"""Words of a submission's texts, as PostgreSQL finds them: no language, and file names fall into their parts."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Coalesce, Concat

PARTS = "-_./\\:,;@#=&+%~()[]{}|'\"!?*<>"
"""What parts words: PostgreSQL's parser would keep ``IMG_1234.jpg`` whole, taking it for the name of a host."""
_SPLIT = re.compile(f"[{re.escape(PARTS)}\\s\\x00]+")
MOST = 8


def searchable(*columns: str) -> Func:
    """Return the expression of a ``tsvector`` of text columns, which may be null."""
    texts: list[Coalesce | Value] = []
    for column in columns:
        texts += [Coalesce(F(column), Value(""), output_field=TextField()), Value(" ", output_field=TextField())]
    joined = Concat(*texts, output_field=TextField())
    spaced = Func(joined, Value(PARTS), Value(" " * len(PARTS)), function="translate", output_field=TextField())
    return Func(Value("simple"), spaced, function="to_tsvector", output_field=SearchVectorField())


def asked(text: str) -> SearchQuery | None:
    """Return the query of what somebody typed: every word, each as the beginning of one; None where there is none."""
    words = [word for word in _SPLIT.split(text) if word][:MOST]
    if not words:
        return None
    return SearchQuery(" & ".join(f"'{word}':*" for word in words), config="simple", search_type="raw")
