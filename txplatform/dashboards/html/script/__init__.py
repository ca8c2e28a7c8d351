"""The script of the page, which is inlined when it is rendered: plain JavaScript, one file a subject, no library."""

from functools import cache
from importlib import resources

# In the order in which they stand on the page. The first ones compute alone, and know no document.
COMPUTING = ("exact", "periods", "figures", "sql")
_DRAWING = ("elements", "chart", "panels", "table", "filters", "drill", "cards", "ages", "page")


@cache
def source(*names: str) -> str:
    """The text of some of the files."""
    folder = resources.files(__package__ or __name__)
    return "\n".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in names)


def page_script() -> str:
    """The whole script, whose names are its own."""
    return f'(() => {{\n"use strict";\n{source(*COMPUTING, *_DRAWING)}}})();'
