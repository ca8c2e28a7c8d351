"""Every violation of a project's files, each with its file and, in TMDL, its line."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from txplatform.dashboards.powerbi.checks.grammar import Object, TmdlError, parse
from txplatform.dashboards.powerbi.checks.members import member_violations
from txplatform.dashboards.powerbi.checks.model_references import Model, model_violations
from txplatform.dashboards.powerbi.checks.report_references import report_violations
from txplatform.dashboards.powerbi.checks.syntax import syntax_violations

_MODEL, _REPORT = ".SemanticModel/definition/", ".Report/definition/"


def project_violations(files: Mapping[str, str]) -> list[str]:
    """What is wrong with the files of a project, by their paths; nothing where it opens.

    References are followed where every file has its form.
    """
    objects: dict[str, list[Object]] = {}
    documents: dict[str, Any] = {}
    return list(_of_form(files, objects, documents)) or list(_of_references(objects, documents))


def _of_form(files: Mapping[str, str], objects: dict[str, list[Object]], documents: dict[str, Any]) -> Iterator[str]:
    """What is wrong with each file on its own; what they hold is put into `objects` and `documents`."""
    for path, text in files.items():
        try:
            if path.endswith(".tmdl"):
                objects[path] = parse(text)
            else:
                documents[path] = json.loads(text)
        except TmdlError as error:
            yield f"{path}:{error.line}: {error}"
        except ValueError as error:
            yield f"{path}: is no JSON: {error}"
    yield from (line for path, found in objects.items() for line in syntax_violations(path, found))
    yield from (line for path, document in documents.items() for line in member_violations(path, document))


def _of_references(objects: Mapping[str, list[Object]], documents: Mapping[str, Any]) -> Iterator[str]:
    model = Model.of([item for path, found in objects.items() if _MODEL in path for item in found])
    yield from model_violations(model)
    yield from report_violations(model, {path: item for path, item in documents.items() if _REPORT in path})
