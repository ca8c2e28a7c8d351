"""The tab that tests of pages have: one of each module, in a Chromium of its own."""

from collections.abc import Iterator

import pytest

from txplatform_tests.browser.chromium import Page, find_chromium, page


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    executable = find_chromium()
    assert executable is not None
    with page(executable) as opened:
        yield opened
