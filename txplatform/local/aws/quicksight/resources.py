"""The resources: created once, updated in place, dashboards in versions, and ingestions that go on when looked at."""

import time
from typing import Any

from txplatform.local.aws.quicksight.requests import Request, RequestError
from txplatform.local.environment import REGION

_KINDS = {"DataSource": "datasource", "DataSet": "dataset", "Analysis": "analysis", "Dashboard": "dashboard"}
_LISTS = {"DataSource": "DataSources", "DataSet": "DataSetSummaries", "Analysis": "AnalysisSummaryList",
          "Dashboard": "DashboardSummaryList"}  # fmt: skip
_PLURALS = {"DataSources": "DataSource", "DataSets": "DataSet", "Analyses": "Analysis", "Dashboards": "Dashboard"}
OPERATIONS = frozenset(
    [
        *(f"{verb}{kind}" for verb in ("Create", "Update", "Describe", "Delete") for kind in _KINDS),
        *(f"List{plural}" for plural in _PLURALS),
        *("DescribeAnalysisDefinition", "DescribeDashboardDefinition", "UpdateDashboardPublishedVersion"),
        *(f"{verb}{kind}Permissions" for verb in ("Describe", "Update") for kind in _KINDS),
        *("CreateIngestion", "DescribeIngestion", "TagResource", "ListTagsForResource"),
    ]
)


class Resources:
    """What was made, by kind and id; each with its request, its versions and its tags."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], dict[str, Any]] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._ingestions: dict[tuple[str, str], dict[str, Any]] = {}

    def answer(self, request: Request) -> dict[str, Any]:
        """Return what the operation answers; raise RequestError."""
        name, members = request.operation, request.members
        for verb in ("Create", "Update", "Describe", "Delete"):
            kind = name.removeprefix(verb)
            if name.startswith(verb) and kind in _KINDS:
                return getattr(self, f"_{verb.lower()}")(kind, members)
        if name.endswith("Permissions"):
            return self._permissions(
                name.removeprefix("Describe").removeprefix("Update").removesuffix("Permissions"), members
            )
        match name:
            case "CreateIngestion" | "DescribeIngestion":
                return self._ingest(members, start=name == "CreateIngestion")
            case "TagResource":
                tags = {tag["Key"]: tag["Value"] for tag in members["Tags"]}
                self._tags.setdefault(members["ResourceArn"], {}).update(tags)
                return {}
            case "ListTagsForResource":
                tags = self._tags.get(members["ResourceArn"], {})
                return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
            case "UpdateDashboardPublishedVersion":
                found = self._find("Dashboard", members["DashboardId"])
                found["published"] = members["VersionNumber"]
                return {"DashboardId": members["DashboardId"], "DashboardArn": found["arn"]}
            case "DescribeAnalysisDefinition" | "DescribeDashboardDefinition":
                kind = name.removeprefix("Describe").removesuffix("Definition")
                found = self._find(kind, members[f"{kind}Id"])
                version = members.get("VersionNumber", found["published"])
                return {f"{kind}Id": members[f"{kind}Id"], "Definition": found["versions"][version - 1]["Definition"]}
            case _:
                kind = _PLURALS[name.removeprefix("List")]
                made = [item for (of, _), item in self._made.items() if of == kind]
                return {_LISTS[kind]: [{f"{kind}Id": item["id"], "Arn": item["arn"]} for item in made]}

    def _create(self, kind: str, members: dict[str, Any]) -> dict[str, Any]:
        key = (kind, members[f"{kind}Id"])
        self._require_rules(members)
        if key in self._made:
            raise RequestError("ResourceExistsException", f"{kind} {key[1]} exists", 409)
        arn = f"arn:aws:quicksight:{REGION}:{members['AwsAccountId']}:{_KINDS[kind]}/{key[1]}"
        self._made[key] = {"id": key[1], "arn": arn, "versions": [members], "published": 1, "made": time.time()}
        self._tags[arn] = {tag["Key"]: tag["Value"] for tag in members.get("Tags", [])}
        return {"Arn": arn, "VersionArn": f"{arn}/version/1", f"{kind}Id": key[1]}

    def _update(self, kind: str, members: dict[str, Any]) -> dict[str, Any]:
        found = self._find(kind, members[f"{kind}Id"])
        self._require_rules(members)
        former = found["versions"][-1]
        if kind == "DataSet":  # "Partial updates are not supported by this operation."
            former = {name: former[name] for name in ("Permissions", "Tags") if name in former}
        found["versions"].append({**former, **members})
        if kind != "Dashboard":
            found["published"] = len(found["versions"])
        return {
            "Arn": found["arn"],
            "VersionArn": f"{found['arn']}/version/{len(found['versions'])}",
            f"{kind}Id": found["id"],
        }

    def _require_rules(self, members: dict[str, Any]) -> None:
        """Refuse a data set whose rules are no data set, or in a form that its version does not have."""
        rules = members.get("RowLevelPermissionDataSet")
        if rules is None:
            return
        if rules["Arn"] not in {item["arn"] for (kind, _), item in self._made.items() if kind == "DataSet"}:
            raise RequestError("InvalidParameterValueException", f"There is no data set {rules['Arn']}")
        if rules.get("FormatVersion") == "VERSION_2" and "Namespace" in rules:
            raise RequestError("InvalidParameterValueException", "Namespace must not exist with VERSION_2")

    def _describe(self, kind: str, members: dict[str, Any]) -> dict[str, Any]:
        found = self._find(kind, members[f"{kind}Id"])
        number = members.get("VersionNumber", found["published"])
        if not 1 <= number <= len(found["versions"]):
            raise RequestError("ResourceNotFoundException", f"{kind} {found['id']} has no version {number}", 404)
        shown = {
            key: value for key, value in found["versions"][number - 1].items() if key not in ("Permissions", "Tags")
        }
        status = {"Status": "CREATION_SUCCESSFUL"}
        version = {"Version": {"VersionNumber": number, **status}} if kind == "Dashboard" else status
        return {kind: {**shown, "Arn": found["arn"], "CreatedTime": found["made"], **version}}

    def _permissions(self, kind: str, members: dict[str, Any]) -> dict[str, Any]:
        found = self._find(kind, members[f"{kind}Id"])
        known = {item["Principal"]: item for item in found["versions"][-1].get("Permissions", [])}
        revoked = {item["Principal"] for item in members.get("RevokePermissions", [])}
        known |= {item["Principal"]: item for item in members.get("GrantPermissions", [])}
        found["versions"][-1]["Permissions"] = [item for name, item in known.items() if name not in revoked]
        return {"Permissions": found["versions"][-1]["Permissions"], f"{kind}Id": found["id"]}

    def _delete(self, kind: str, members: dict[str, Any]) -> dict[str, Any]:
        found = self._find(kind, members[f"{kind}Id"])
        del self._made[(kind, found["id"])]
        return {"Arn": found["arn"], f"{kind}Id": found["id"]}

    def _ingest(self, members: dict[str, Any], *, start: bool) -> dict[str, Any]:
        found = self._find("DataSet", members["DataSetId"])
        key = (found["id"], members["IngestionId"])
        if start:
            if found["versions"][-1]["ImportMode"] != "SPICE":
                raise RequestError("InvalidParameterValueException", f"DataSet {found['id']} is not in SPICE")
            if key in self._ingestions:
                raise RequestError("ResourceExistsException", f"Ingestion {key[1]} exists", 409)
            self._ingestions[key] = {"IngestionId": key[1], "IngestionStatus": "QUEUED", "CreatedTime": time.time(),
                                     "Arn": f"{found['arn']}/ingestion/{key[1]}"}  # fmt: skip
            return {name: self._ingestions[key][name] for name in ("Arn", "IngestionId", "IngestionStatus")}
        if key not in self._ingestions:
            raise RequestError("ResourceNotFoundException", f"There is no ingestion {key[1]}", 404)
        ingestion = self._ingestions[key]
        following = {"QUEUED": "RUNNING", "RUNNING": self._outcome(found)}
        ingestion["IngestionStatus"] = following.get(ingestion["IngestionStatus"], ingestion["IngestionStatus"])
        if ingestion["IngestionStatus"] == "FAILED":
            ingestion["ErrorInfo"] = {"Type": "DATA_SOURCE_NOT_FOUND", "Message": "The data source is gone."}
        return {"Ingestion": ingestion}

    def _outcome(self, data_set: dict[str, Any]) -> str:
        arns = {item["arn"] for (kind, _), item in self._made.items() if kind == "DataSource"}
        tables = data_set["versions"][-1]["PhysicalTableMap"].values()
        there = all(part["DataSourceArn"] in arns for table in tables for part in table.values())
        return "COMPLETED" if there else "FAILED"

    def _find(self, kind: str, name: str) -> dict[str, Any]:
        if (kind, name) not in self._made:
            raise RequestError("ResourceNotFoundException", f"There is no {kind} {name}", 404)
        return self._made[(kind, name)]
