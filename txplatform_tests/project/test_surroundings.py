"""What contributors and machines read beside the code: workflows, issue forms, hooks and commands that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
# What takes a role of AWS by OpenID Connect, and what comments.
MAY_MORE = {
    "diff": {"contents": "read", "id-token": "write", "pull-requests": "write"},
    "deploy": {"contents": "read", "id-token": "write"},
}
_MAKE = re.compile(r"`make ([a-z][a-z-]*)")
_PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _jobs() -> dict[str, dict[str, Any]]:
    return {name: job for path in WORKFLOWS for name, job in _load(path)["jobs"].items()}


def _suite_parts() -> list[list[str]]:
    return [part["tests"].split() for part in _jobs()["suite"]["strategy"]["matrix"]["include"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_and_may_read_alone(path: Path) -> None:
    uses = [line.strip().removeprefix("- ") for line in path.read_text().splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not _PINNED.fullmatch(line)] == []
    workflow = _load(path)
    assert workflow["permissions"] == {"contents": "read"}
    may_more = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert may_more == (MAY_MORE if path.stem == "deploy" else {})
    # A deployment is never cut short by the next one.
    only_of_pull_requests = "${{ github.event_name == 'pull_request' }}"
    assert workflow["concurrency"]["cancel-in-progress"] == (only_of_pull_requests if may_more else True)
    assert [name for name, job in workflow["jobs"].items() if "timeout-minutes" not in job] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_place_to_fetch_packages_from_is_named(path: Path) -> None:
    assert not re.search(r"index-url|find-links|pypi|https?://", path.read_text(), re.IGNORECASE)


def test_no_role_is_taken_for_a_fork() -> None:
    condition = _jobs()["diff"]["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition
    assert _jobs()["deploy"]["if"] == "github.event_name == 'workflow_dispatch'"


def test_jobs_run_make_and_nothing_else() -> None:
    commands = [step["run"] for job in _jobs().values() for step in job["steps"] if "run" in step]
    assert [command for command in commands if not re.fullmatch(r'make [a-z-]+( ARGS="[^"{}]*")?', command)] == []
    assert {command.split()[1] for command in commands} <= TARGETS


def test_the_parts_of_the_suite_are_the_whole() -> None:
    *parts, rest = _suite_parts()
    folders = [folder for part in parts for folder in part]
    assert rest == ["txplatform_tests", *(f"--ignore={folder}" for folder in folders)]
    assert len(folders) == len(set(folders))
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_each_python_that_the_project_promises_is_tried() -> None:
    assert _jobs()["fast"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_forms_have_what_the_page_needs(path: Path) -> None:
    form = _load(path)
    assert form["name"]
    assert form["description"]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields) > 1
    assert all(field["attributes"]["label"] for field in fields)


def test_hooks_call_what_set_up_installs() -> None:
    hooks = [hook for repo in _load(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in _load(ROOT / ".pre-commit-config.yaml")["repos"]} == {"local"}
    assert [hook["id"] for hook in hooks if not (ROOT / hook["entry"].split()[0]).exists()] == []


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", ".github/pull_request_template.md", ".pre-commit-config.yaml"])
def test_make_commands_exist(name: str) -> None:
    named = set(_MAKE.findall((ROOT / name).read_text(encoding="utf-8")))
    assert named
    assert named <= TARGETS


def test_the_contributing_guide_has_every_command() -> None:
    shown = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)) - {"help"}
    assert shown - set(_MAKE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))) == set()


def test_fast_folders_exist() -> None:
    (folders,) = re.findall(r"^FAST := \$\(addprefix txplatform_tests/,([a-z_ ]+)\)$", MAKEFILE, re.MULTILINE)
    assert [folder for folder in folders.split() if not (ROOT / "txplatform_tests" / folder).is_dir()] == []
