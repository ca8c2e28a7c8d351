"""Power BI's refresh API on the loopback address, written from its documentation, with the failures that it describes.

https://learn.microsoft.com/power-bi/connect-data/asynchronous-refresh
https://learn.microsoft.com/rest/api/power-bi/datasets/refresh-dataset-in-group
https://learn.microsoft.com/rest/api/power-bi/datasets/get-refresh-execution-details-in-group
"""

from dataclasses import dataclass, field
from typing import Any

from txplatform_tests.client.scripted import TOKEN_PATH, Received, Reply, Script

WORKSPACE, MODEL = "11111111-2222-4333-8444-555555555555", "66666666-7777-4888-8999-aaaaaaaaaaaa"
PATH = f"/groups/{WORKSPACE}/datasets/{MODEL}/refreshes"


@dataclass
class Refresh:
    """A refresh that is under way for so many questions, and then as it ends."""

    body: dict[str, Any]
    left: int
    status: str
    parts: list[dict[str, str]]
    messages: list[str] = field(default_factory=list)

    @property
    def under_way(self) -> bool:
        return self.left > 0

    def detail(self) -> dict[str, Any]:
        state = "Unknown" if self.under_way else self.status
        objects = [{**part, "status": "InProgress"} for part in self.parts] if self.under_way else self.parts
        messages = [{"message": message, "type": "Error"} for message in self.messages]
        return {"type": "Full", "status": state, "objects": objects, "messages": [] if self.under_way else messages}


class PowerBi(Script):
    """The API. `before` are answers to the next requests in place of its own; a status of 0 closes the connection.

    Refreshes end after `questions` as `ends` and `parts` say. A token that is in `refused_tokens` has expired.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refreshes: dict[str, Refresh] = {}
        self.before: list[Reply] = []
        self.refuses = ""  # what it says of every refresh that is asked for
        self.loses_answer = False  # to the next refresh that it starts
        self.questions, self.ends = 2, "Completed"
        self.parts = [{"table": "payments_daily", "partition": "2026Q1110", "status": "Completed"}]
        self.messages: list[str] = []

    def answer(self, request: Received) -> Reply:
        if TOKEN_PATH in request.path:
            return super().answer(Received(request.method, TOKEN_PATH, request.headers, request.text))
        self.received.append(request)
        if request.headers["authorization"].removeprefix("Bearer ") in self.refused_tokens:
            return Reply(401, {"error": {"code": "TokenExpired"}})
        if self.before:
            return self.before.pop(0)
        if not request.path.startswith(PATH):
            return Reply(404, {"error": {"code": "PowerBIEntityNotFound"}})
        return self._refreshes(request)

    def _refreshes(self, request: Received) -> Reply:
        under_way = [number for number, item in self.refreshes.items() if item.under_way]
        if request.method == "POST":
            if under_way or self.refuses:
                message = self.refuses or "Another refresh request is already executing"
                return Reply(400, {"error": {"code": "InvalidRequest", "message": message}})
            number = f"refresh-{len(self.refreshes) + 1}"
            self.refreshes[number] = Refresh(request.body, self.questions, self.ends, self.parts, self.messages)
            lost, self.loses_answer = self.loses_answer, False
            return Reply(0 if lost else 202, headers={"location": f"http://127.0.0.1{PATH}/{number}"})
        if request.path.endswith("?$top=1"):
            for number in under_way:
                self.refreshes[number].left -= 1
            latest = [{"requestId": number, **item.detail()} for number, item in self.refreshes.items()][-1:]
            return Reply(200, {"value": latest})
        found = self.refreshes[request.path.rpartition("/")[2]]
        if request.method == "DELETE":
            found.left, found.status = 0, "Cancelled"
            return Reply(200)
        detail, status = found.detail(), 202 if found.under_way else 200
        found.left -= 1
        return Reply(status, detail)
