"""A Label Studio server, spoken to through its SDK: each failure is one line, what passes is tried again."""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getpass
from urllib.parse import urlsplit

from infer.schema import InputError

URL, TOKEN = "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"
TIMEOUT = 60  # seconds that one answer may take
PAUSES = (1, 2, 4, 8)  # seconds before a request is made again
LONGEST_PAUSE = 60
_ACCESS = re.compile(r"eyJ[\w.-]+")  # what a personal access token is exchanged for, and whoever's tokens
_PASSING = (429, 502, 503, 504)
_GET_ONE = (
    f"copy a token from Account & Settings there (legacy tokens may be switched off: take a personal access "
    f"token) into the environment variable {TOKEN}"
)


@dataclass(frozen=True, slots=True)
class Project:
    id: int
    title: str
    label_config: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks, raw, of the `total` that were asked for."""

    total: int
    tasks: list[dict]


def add_arguments(parser: argparse.ArgumentParser, project: bool = True) -> None:
    """--url and, unless the command has a `project` option of its own, --project."""
    where = f"Label Studio's address, such as http://localhost:8080; default: the environment's {URL}"
    parser.add_argument("--url", default=os.environ.get(URL), help=where)
    if project:
        add_project(parser, required=True)
    parser.epilog = f"The token is read from the environment variable {TOKEN}, or asked for."


def add_project(parser, help: str = "the project's number or exact title", **more) -> None:
    """--project, where `parser` is a group too."""
    parser.add_argument("--project", metavar="ID", help=help, **more)


def connect(options: argparse.Namespace) -> "Server":
    """The server that the options name; its token comes from the environment, else from a hidden prompt."""
    return Server(address(options.url), _token())


def address(url: str | None) -> str:
    """The URL with a slash at its end: the SDK loses the last part of one without."""
    if not url:
        raise InputError(f"no --url; type --url http://localhost:8080, or set {URL}")
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment:
        raise InputError(
            f"--url {url}: is no address of Label Studio; type one such as http://localhost:8080"
        )
    if "@" in parts.netloc:
        raise InputError(f"--url holds a password; leave it out, and put a token into {TOKEN}")
    return url.rstrip("/") + "/"


def _token() -> str:
    token = os.environ.get(TOKEN) or (getpass("Label Studio token: ") if sys.stdin.isatty() else "")
    token = token.strip()
    if not token:
        raise InputError(f"no token; {_GET_ONE}")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise InputError(f"the token holds characters that no token has; {_GET_ONE}")
    return token


class Server:
    """The server at `url`, as the owner of a token; `client` is the SDK's."""

    def __init__(self, url: str, token: str, timeout: float = TIMEOUT):
        from label_studio_sdk import LabelStudio

        self.url, self._token, self._timeout, self._reached = url, token, timeout, False
        self.client = self.ask(
            "logging in",
            lambda: LabelStudio(base_url=url, api_key=token, timeout=timeout, max_retries=0),
            answers=False,
        )

    def ask(self, what: str, call: Callable, *, again=True, absent=False, answers=True):
        """What `call`, a request through the SDK, returns; every failure is an InputError saying `what`.

        What passes by itself is asked `again` after a pause, which only a request may be that changes
        nothing when it is made twice. `absent`: None, not an error, where the server knows no such thing.
        """
        import httpx
        from label_studio_sdk.core.api_error import ApiError
        from label_studio_sdk.core.parse_error import ParsingError

        for pause in (*PAUSES, None) if again else (None,):
            wait, passing = pause or 0, False
            try:
                found = call()
            except ApiError as error:
                self._reached = True
                if absent and error.status_code == 404:
                    return None
                said, passing = self._refusal(error, what), error.status_code in _PASSING
                wait = max(wait, _seconds((error.headers or {}).get("retry-after")))
            except httpx.TransportError as error:
                # A server that never answered is more likely mistyped than about to start.
                said, passing = self._silence(error, what), self._reached
            except (httpx.HTTPError, ParsingError, ValueError, TypeError, AttributeError):
                said = f"what came while {what} is no answer of Label Studio's; is --url its own address?"
            else:
                self._reached |= answers
                return found
            if pause is None or not passing:
                raise InputError(f"{self.url}: {said}")
            print(f"{self.url}: {said}; again in {wait:g} s", file=sys.stderr, flush=True)
            time.sleep(wait)

    def _refusal(self, error, what: str) -> str:
        status, detail = error.status_code, _detail(error.body).replace(self._token, "…")
        told = f" ({_ACCESS.sub('…', detail)[:200]})" if detail else ""
        if status == 401:
            return f"the token was refused while {what}{told}; {_GET_ONE}"
        if status == 403:
            return f"the token's owner may not go on while {what}{told}; ask the owner of the project"
        if status == 404:
            return f"404, there is no such thing, while {what}{told}; is --url Label Studio's own address?"
        if status is not None and 200 <= status < 300:
            return f"what came while {what} is not JSON; is --url Label Studio's own address?"
        return f"{status} while {what}{told}"

    def _silence(self, error, what: str) -> str:
        import httpx

        if isinstance(error, httpx.TimeoutException):
            return f"no answer within {self._timeout:g} s while {what}"
        if isinstance(error, httpx.ConnectError):
            return f"cannot be reached ({_one_line(str(error))}) while {what}; is Label Studio running there?"
        return f"the connection was lost while {what} ({_one_line(str(error)) or type(error).__name__})"

    def project(self, name: str) -> Project:
        """The project with this number, else the only one with exactly this title."""
        what = f"looking for project {name}"
        if name.isdecimal():
            found = self.ask(
                what, lambda: _project(self.client.projects.get(int(name)), whole=True), absent=True
            )
            if found:
                return found
        named = self.ask(what, lambda: [_project(each) for each in self.client.projects.list(title=name)])
        same = [each.id for each in named if each.title == name]
        if len(same) > 1:
            raise InputError(
                f"{self.url}: {len(same)} projects are titled {name!r}, {', '.join(map(str, sorted(same)))}; "
                f"type --project and the number of one"
            )
        if not same:
            raise InputError(f"{self.url}: there is no project {name!r}; {self._projects(what)}")
        return self.ask(what, lambda: _project(self.client.projects.get(same[0]), whole=True))

    def _projects(self, what: str) -> str:
        known = self.ask(what, lambda: [_project(each) for each in self.client.projects.list()])
        shown = ", ".join(f"{each.id} ({each.title})" for each in known[:10])
        more = f" and {len(known) - 10} more" if len(known) > 10 else ""
        return f"the token's owner sees {shown}{more}" if known else "the token's owner sees none at all"

    def me(self) -> int:
        """The user that the token is of."""
        return self.ask("logging in", lambda: _number(self.client.users.whoami().id))

    def user(self, who: str) -> str:
        """The id, as text, of a user given by id or by e-mail address."""
        if who.isdecimal():
            return who
        users = self.ask(f"looking for {who} among the users", lambda: [*self.client.users.list()])
        same = [user for user in users if str(user.email).casefold() == who.casefold()]
        if not same:
            known = ", ".join(str(user.email) for user in users[:10])
            raise InputError(f"{self.url}: no user has the e-mail address {who}; known are {known}")
        return str(same[0].id)

    def tasks(self, project: int, *where: dict, size=1, order="tasks:id", whole=True) -> Page:
        """The first `size` tasks that meet all of `where`; `whole` ones with annotations and predictions."""
        query = {"filters": {"conjunction": "and", "items": list(where)}, "ordering": [order]}
        asked = {"project": project, "page_size": size, "fields": "all" if whole else "task_only"}
        asked |= {"query": _sent(query), "resolve_uri": False}  # or it would rewrite s3:// addresses
        return self.ask("reading tasks", lambda: _page(self.client.tasks.list(**asked), whole))


def _sent(query: dict) -> str:
    """JSON without a per cent sign: the server takes what it was sent for quoted once more."""
    return json.dumps(query).replace("%", "\\u0025")


def where(column: str, operator: str, value, kind: str = "Number") -> dict:
    """One condition of the data manager on a task's column."""
    return {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}


def moment(stamp: str | datetime) -> datetime:
    """A server's time stamp, in UTC."""
    return (stamp if isinstance(stamp, datetime) else datetime.fromisoformat(stamp)).astimezone(UTC)


def _project(found, whole: bool = False) -> Project:
    config = found.label_config if whole else ""
    if not isinstance(found.title, str) or not isinstance(config, str):
        raise ValueError("no project")
    return Project(_number(found.id), found.title, config)


def _page(found, whole: bool) -> Page:
    return Page(_number(found.response.total), [_task(task, whole) for task in found.items])


def _task(found, whole: bool) -> dict:
    task = {"id": _number(found.id), "data": found.data}
    task["updated_at"] = moment(found.updated_at).isoformat()
    if whole:
        task["annotations"] = found.annotations
        task["predictions"] = [_prediction(each) for each in found.predictions or ()]
    if not isinstance(task["data"], dict) or not isinstance(task.get("annotations", []), list):
        raise ValueError("no task")
    return task


def _prediction(found) -> dict:
    if not isinstance(found.result, list):
        raise ValueError("no prediction")
    told = {"id": _number(found.id), "model_version": found.model_version, "score": found.score}
    return told | {"result": found.result}


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(f"{value!r} is no number")
    return value


def _detail(body: object) -> str:
    """What the server says of an error; a page of HTML, from something in between, says nothing."""
    said = body.get("validation_errors") or body.get("detail") if isinstance(body, dict) else ""
    return _one_line(said if isinstance(said, str) else json.dumps(said)) if said else ""


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _seconds(header: str | None) -> int:
    return min(int(header), LONGEST_PAUSE) if header and header.strip().isdecimal() else 0
