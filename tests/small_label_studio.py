"""A small Label Studio on loopback that fails when told to: the few endpoints that a pull speaks to.

Filters, order, pages and tokens work as on the real server (test_pull_real.py holds both to the same).
"""

import contextlib
import itertools
import json
import re
import socket
import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt

import annotations
from annotations import labelstudio

CONFIG = (Path(annotations.__file__).parent / "labelling.xml").read_text(encoding="utf-8")
LEGACY = "5" * 40
SECRET = "a secret of the server's, which signs its personal access tokens"
START = datetime(2024, 1, 1, tzinfo=UTC)


def token(kind: str = "refresh", seconds: float = 3600) -> str:
    """A personal access token, or what it is exchanged for."""
    expires = datetime.now(UTC) + timedelta(seconds=seconds)
    return jwt.encode({"token_type": kind, "exp": expires}, SECRET, "HS256")


class LabelStudio:
    """The data behind the server; `fail[part of a path]` lists what its next requests meet.

    A failure is a status, (status, headers), "cut", "text", "slow", a function to call before the answer,
    or anything else as the JSON that is answered.
    """

    def __init__(self, config: str = CONFIG):
        self.projects = {3: {"id": 3, "title": "Reports", "label_config": config}}
        self.users = [{"id": 1, "email": "one@example.org"}, {"id": 2, "email": "two@example.org"}]
        self.rows: dict[int, dict] = {}
        self.tokens, self.legacy_allowed = {LEGACY}, True
        self.fail: dict[str, list] = defaultdict(list)
        self.asked: list[tuple[str, dict]] = []
        self.hurts = "It hurts"
        self.patience = threading.Event()  # what a "slow" answer waits for
        self._now, self._ids = START, itertools.count(100, 7)

    def moment(self) -> str:
        self._now += timedelta(hours=1)
        return self._now.isoformat().replace("+00:00", "Z")

    def add(self, data: dict, *annotations: dict, drafts: int = 0, project: int = 3) -> int:
        """A new task with annotations, of which `result` and what else is given is told; returns its id."""
        id = next(self._ids)
        self.rows[id] = {"id": id, "data": data, "project": project, "drafted": drafts, "annotations": []}
        self.annotate(id, *annotations)
        return id

    def annotate(self, id: int, *annotations: dict) -> None:
        """Put these in the place of a task's annotations."""
        row, when = self.rows[id], self.moment()
        base = {"completed_by": 1, "was_cancelled": False, "ground_truth": False, "updated_at": when}
        row["annotations"] = [base | {"id": 10 * id + n} | each for n, each in enumerate(annotations)]
        finished = [each for each in row["annotations"] if not each["was_cancelled"]]
        row["total_annotations"] = len(finished)
        row["cancelled_annotations"] = len(row["annotations"]) - len(finished)
        row["updated_at"] = when

    def page(self, query: dict) -> tuple[int, dict]:
        said = json.loads(query["query"])
        rows = [row for row in self.rows.values() if row["project"] == int(query["project"])]
        rows = [row for row in rows if all(meets(row, each) for each in said["filters"]["items"])]
        column = said["ordering"][0].replace("tasks:", "")
        rows.sort(key=lambda row: row[column.lstrip("-")], reverse=column.startswith("-"))
        shown = rows[: int(query["page_size"])]
        left_out = () if query["fields"] == "all" else ("annotations",)
        tasks = [{k: v for k, v in row.items() if k not in left_out} for row in shown]
        return 200, {"tasks": tasks, "total": len(rows), "total_annotations": 0, "total_predictions": 0}

    def answer(self, path: str, query: dict, headers, body: dict) -> tuple[int, object]:
        if path == "api/token/refresh/":
            return (200, {"access": token("access", 300)}) if body["refresh"] in self.tokens else (401, {})
        kind, _, given = headers.get("Authorization", "").partition(" ")
        good = given in self.tokens and self.legacy_allowed if kind == "Token" else is_access(given)
        if not good:
            return 401, {"detail": f"No such token: {given}"}
        if path == "api/tasks/":
            return self.page(query)
        if path == "api/current-user/whoami":
            return 200, self.users[0] | {"username": "one"}
        if path == "api/users/":
            return 200, self.users
        if path == "api/projects/":
            title = query.get("title", "").casefold()
            found = [each for each in self.projects.values() if title in each["title"].casefold()]
            more = int(query.get("page", 1)) > 1
            return (
                (404, {"detail": "Invalid page."}) if more else (200, {"results": found, "count": len(found)})
            )
        if match := re.fullmatch(r"api/projects/(\d+)/", path):
            found = self.projects.get(int(match[1]))
            return (200, found) if found else (404, {"detail": "No Project matches the given query."})
        return 404, {"detail": "Not found."}


def meets(row: dict, condition: dict) -> bool:
    column, value = condition["filter"].removeprefix("filter:tasks:"), condition["value"]
    if condition["operator"] == "in_list":
        return row["data"].get(column.removeprefix("data.")) in value
    its = row["drafted"] > 0 if column == "draft_exists" else row[column]
    if column == "updated_at":
        its = datetime.fromisoformat(its)
        value = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return its > value if condition["operator"] == "greater" else its == value


def is_access(given: str) -> bool:
    with contextlib.suppress(jwt.InvalidTokenError):
        return jwt.decode(given, SECRET, ["HS256"])["token_type"] == "access"
    return False


@contextlib.contextmanager
def serving(studio: LabelStudio, below: str = ""):
    """The address, on a free port of this machine, at which `studio` is spoken to; gone with the block."""

    connections = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self):
            super().setup()
            connections.append(self.connection)

        def do_GET(self):
            address = urlsplit(self.path)
            path = address.path.removeprefix(below).lstrip("/")
            query = {key: values[0] for key, values in parse_qs(address.query).items()}
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else {}
            studio.asked.append((path, query | {"authorization": self.headers.get("Authorization")}))
            self.reply(path, query, body)

        do_POST = do_PATCH = do_GET

        def reply(self, path, query, body):
            waiting = next((failures for part, failures in studio.fail.items() if part in path), [])
            failure = waiting.pop(0) if waiting else None
            if callable(failure):
                failure = failure()
            if failure == "slow":
                studio.patience.wait(30)
            status, answer = studio.answer(path, query, self.headers, body)
            extra = {}
            if isinstance(failure, int):
                status, answer = failure, {"detail": studio.hurts}
            elif isinstance(failure, tuple):
                (status, extra), answer = failure, {}
            elif isinstance(failure, list | dict):
                answer = failure
            content = b"<html>\nHello" if failure == "text" else json.dumps(answer).encode()
            self.send(status, extra, content, cut=failure == "cut")

        def send(self, status, extra, content, cut):
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cut else content)
            self.close_connection = cut

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # a client that was killed is no news
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{below}"
    finally:
        studio.patience.set()
        server.shutdown()
        server.server_close()
        for connection in connections:  # kept alive, they would still be answered
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()


def annotated(task, **about) -> dict:
    """An annotation that says what the task says."""
    return {"result": labelstudio.write_task(task)["annotations"][0]["result"]} | about
