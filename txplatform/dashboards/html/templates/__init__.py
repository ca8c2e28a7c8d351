"""The Jinja templates of the pages and how they are loaded: autoescaped, and an undefined name is an error."""

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from txplatform.dashboards.html import numbers


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("txplatform.dashboards.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for read in (numbers.grouped, numbers.instant):
        environment.filters[read.__name__] = read
    return environment


def template(name: str) -> Template:
    """Load a template of this folder."""
    return _environment().get_template(name)


@cache
def style() -> str:
    """The style sheet of the dashboard."""
    return resources.files(__package__ or __name__).joinpath("style.css").read_text(encoding="utf-8")
