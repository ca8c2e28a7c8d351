"""Reference pages of the documentation site, generated from the code that they describe.

Each module renders one page to Markdown and names what it could not describe: `make docs` allows none of that.
"""

from txplatform_tests.docs.references.alarms import alarms_page
from txplatform_tests.docs.references.cli import cli_page
from txplatform_tests.docs.references.errors import errors_page
from txplatform_tests.docs.references.names import names_page
from txplatform_tests.docs.references.page import Page
from txplatform_tests.docs.references.settings import settings_page

__all__ = ["PAGES", "Page"]

PAGES = {
    "reference/cli.md": cli_page,
    "reference/settings.md": settings_page,
    "reference/errors.md": errors_page,
    "reference/alarms.md": alarms_page,
    "reference/names.md": names_page,
}
