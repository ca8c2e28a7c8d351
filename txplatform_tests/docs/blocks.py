"""Reads the fenced blocks of the documents that a person follows, and the commands of a console block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from txplatform_tests.docs.references import PAGES

_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,}|~{3,}) *(?P<language>[\w-]*)(?P<rest>.*)$")
_TITLE = re.compile(r'title="([^"]+)"')
_ROOT_DOCUMENTS = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `line` is that of its first line of content; `title` names the file that it is, if any."""

    path: str
    line: int
    language: str
    title: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The content with its line ends."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a console block, continued lines included."""

    path: str
    line: int
    text: str

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its fenced blocks, in order."""

    path: str
    blocks: tuple[Block, ...]


def documents(root: Path) -> list[Document]:
    """The README and its neighbours, every page of `docs/` that is a file, and the generated ones."""
    paths = [root / name for name in _ROOT_DOCUMENTS if (root / name).exists()]
    paths += sorted((root / "docs").rglob("*.md"))
    found = [read_document(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    return found + [read_document(place, render().markdown) for place, render in PAGES.items()]


def read_document(name: str, text: str) -> Document:
    """Find the fenced blocks of a Markdown text; raise ValueError for one that is not closed."""
    blocks: list[Block] = []
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        opened = _FENCE.match(line)
        if opened is None:
            continue
        content: list[str] = []
        for _, inner in lines:
            if inner.strip().startswith(opened["ticks"]) and not inner.strip().strip(opened["ticks"][0]):
                break
            content.append(inner.removeprefix(opened["indent"]))
        else:
            raise ValueError(f"{name}:{number}: the fenced block is not closed")
        title = _TITLE.search(opened["rest"])
        blocks.append(Block(name, number + 1, opened["language"], title[1] if title else "", tuple(content)))
    return Document(name, tuple(blocks))


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block: what follows a prompt, with the lines that a backslash continues.

    Every other line is output.
    """
    lines = iter(enumerate(block.lines, block.line))
    for number, line in lines:
        if not line.startswith(PROMPT):
            continue
        parts = [line.removeprefix(PROMPT)]
        while parts[-1].endswith("\\"):
            parts.append(next(lines)[1])
        yield Command(block.path, number, "\n".join(parts))
