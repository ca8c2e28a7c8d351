"""Dates as texts on their own: what is written with a pattern is read with it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txplatform.local.aws.athena.formats import date_parse, to_strftime
from txplatform.local.aws.athena.kinds import RefusedError

moments = st.builds(
    dt.datetime.combine, st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31)), st.times()
)  # what two digits of a year can say
patterns = st.sampled_from(
    ["%Y-%m-%d %H:%i:%s.%f", "%y%m%d%H%i%S", "%e. %M %Y, %r", "%c/%d/%Y %k:%i", "%b %e %Y %l %p"]
)


@given(moments, patterns)
def test_a_text_is_read_as_it_was_written(moment: dt.datetime, pattern: str) -> None:
    text = moment.strftime(to_strftime(pattern))
    assert date_parse(text, pattern).strftime(to_strftime(pattern)) == (
        text if "%f" not in pattern else f"{text[:-3]}000"
    )


@given(st.text(), patterns)
def test_any_other_text_is_refused(text: str, pattern: str) -> None:
    with pytest.raises(RefusedError, match="INVALID_FUNCTION_ARGUMENT"):
        date_parse(text, pattern)
