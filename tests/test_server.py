"""A server that answers, refuses, stumbles or is something else: one line each, and no token in any."""

import argparse

import pytest
import small_label_studio as small

from annotations import server
from infer.schema import InputError

OPTIONS = argparse.Namespace(url="http://127.0.0.1:1", project="3")


@pytest.fixture
def studio():
    return small.LabelStudio()


@pytest.fixture
def address(studio):
    with small.serving(studio) as url:
        yield url


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(server, "PAUSES", (0.01, 0.02, 0.03))


def reach(url: str, key: str = small.LEGACY, timeout: float = 10) -> server.Server:
    return server.Server(f"{url}/", key, timeout)


def said(call) -> str:
    with pytest.raises(InputError) as error:
        call()
    assert "\n" not in str(error.value) and small.LEGACY not in str(error.value)
    return str(error.value)


# What to type


@pytest.mark.parametrize(
    "url", [None, "", "localhost:8080", "ftp://h", "http://", "http://h:x", "http://h/?a=1"]
)
def test_an_address_is_needed(monkeypatch, url):
    monkeypatch.setenv(server.TOKEN, small.LEGACY)
    assert "http://localhost:8080" in said(lambda: server.connect(argparse.Namespace(url=url)))


def test_a_password_in_the_address_is_refused_and_not_repeated(monkeypatch):
    monkeypatch.setenv(server.TOKEN, small.LEGACY)
    line = said(lambda: server.connect(argparse.Namespace(url="http://me:secret@h")))
    assert "--url holds a password" in line and "secret" not in line


@pytest.mark.parametrize("url", ["http://h/labels", "http://h/labels/", "http://h/labels//"])
def test_an_address_ends_in_one_slash(monkeypatch, url):
    """Without it the SDK asks for a personal token's access token at http://h/api."""
    monkeypatch.setenv(server.TOKEN, small.LEGACY)
    assert server.connect(argparse.Namespace(url=url)).url == "http://h/labels/"


def test_the_address_may_stand_in_the_environment(monkeypatch):
    monkeypatch.setenv(server.URL, "http://h:1")
    parser = argparse.ArgumentParser()
    server.add_arguments(parser)
    assert parser.parse_args(["--project", "3"]).url == "http://h:1"


def test_without_a_token_and_a_terminal_it_is_said_where_to_get_one(monkeypatch):
    monkeypatch.delenv(server.TOKEN, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    line = said(lambda: server.connect(OPTIONS))
    assert line.startswith("no token; copy a token from Account & Settings") and server.TOKEN in line


def test_a_token_is_asked_for_where_it_cannot_be_seen(monkeypatch, address):
    monkeypatch.delenv(server.TOKEN, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(server, "getpass", lambda words: f" {small.LEGACY}\n")
    assert server.connect(argparse.Namespace(url=address)).me() == 1


@pytest.mark.parametrize("key", ["a b", "a\nb", "é" * 40, "a\0b"])
def test_what_can_be_no_token_is_refused_and_not_repeated(monkeypatch, key):
    monkeypatch.setattr(server.os, "environ", {server.TOKEN: key})
    line = said(lambda: server.connect(OPTIONS))
    assert "characters that no token has" in line and key not in line


# Tokens


@pytest.mark.parametrize("below", ["", "/labels"])
def test_a_personal_token_is_exchanged_for_what_is_sent(studio, below):
    key = small.token()
    studio.tokens = {key}
    with small.serving(studio, below) as url:
        assert reach(url, key).project("3").title == "Reports"
    assert [path for path, _ in studio.asked] == ["api/token/refresh/", "api/projects/3/"]
    assert all(key not in str(query) for _, query in studio.asked)


def test_an_access_token_that_ran_out_is_renewed(studio, address):
    """Five minutes are less than a pull takes."""
    studio.tokens = {key := small.token()}
    host = reach(address, key)
    host.client._client_wrapper._tokens_client._set_access_token(small.token("access", seconds=-1))
    assert host.me() == 1
    assert [path for path, _ in studio.asked].count("api/token/refresh/") == 1


@pytest.mark.parametrize("seconds, asked", [(-5, 0), (3600, 1)])
def test_a_personal_token_that_ran_out_or_was_revoked_is_refused(studio, address, seconds, asked):
    line = said(lambda: reach(address, small.token(seconds=seconds)).project("3"))
    assert "the token was refused while" in line and server.TOKEN in line
    assert len(studio.asked) == asked, "an answer that is final is not asked for again"


def test_no_part_of_a_token_is_repeated_however_long_what_the_server_says(studio, address):
    """Personal tokens are sent for access tokens, and long ones were cut before they were looked for."""
    studio.tokens = {key := small.token()}
    for padding in (0, 100, 150, 190):
        studio.hurts = "x" * padding + f" {key} " + small.token("access")
        studio.fail["projects/3"] = [400]
        line = said(lambda: reach(address, key).project("3"))
        assert "400 while looking for project 3 (" in line and "eyJ" not in line and len(line) < 400
    studio.tokens.add(small.LEGACY)
    for padding in (150, 170, 190):
        studio.hurts = "x" * padding + f" {small.LEGACY}"
        studio.fail["projects/3"] = [400]
        assert small.LEGACY[:5] not in said(lambda: reach(address).project("3"))


def test_a_refused_token_is_not_repeated_even_where_the_server_does(studio, address):
    studio.legacy_allowed = False
    line = said(lambda: reach(address).project("3"))
    assert "the token was refused while looking for project 3 (No such token: …)" in line
    assert "legacy tokens may be switched off" in line


# Failures


def test_what_passes_is_asked_again_after_a_pause_and_told(studio, address, capsys):
    studio.fail["projects"] = [503, "cut", 502, "cut"]
    host = reach(address)
    with pytest.raises(InputError):
        host.project("3")
    studio.fail["projects"] = [503, 429, 504]
    assert host.project("3").id == 3
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"{address}/: 503 while looking for project 3 (It hurts); again in 0.01 s"
    assert "connection was lost while looking for project 3" in lines[1] and len(lines) == 6


def test_a_server_that_says_how_long_to_wait_is_obeyed(studio, address, capsys):
    studio.fail["projects"] = [(429, {"Retry-After": "1"})]
    reach(address).project("3")
    assert capsys.readouterr().err.endswith("again in 1 s\n")


def test_what_may_not_happen_twice_is_asked_once(studio, address):
    studio.fail["whoami"] = [503]
    host = reach(address)
    said(lambda: host.ask("trying", lambda: host.client.users.whoami(), again=False))
    assert len(studio.asked) == 1


@pytest.mark.parametrize(
    "failures, line",
    [
        ([503] * 9, "503 while looking for project 3 (It hurts)"),
        ([500], "500 while looking for project 3 (It hurts)"),
        ([403], "may not go on while looking for project 3 (It hurts); ask the owner"),
        (["cut"] * 9, "the connection was lost while looking for project 3"),
        (["slow"] * 9, "no answer within 0.3 s while looking for project 3"),
        (["text"], "what came while looking for project 3 is not JSON; is --url Label Studio's own address?"),
        ([["a"]], "what came while looking for project 3 is no answer of Label Studio's"),
        ([{"id": "x"}], "what came while looking for project 3 is no answer of Label Studio's"),
        ([{"id": 3, "title": "t"}], "what came while looking for project 3 is no answer of Label Studio's"),
        (
            [{"id": 3, "label_config": "x"}],
            "what came while looking for project 3 is no answer of Label Studio's",
        ),
    ],
)
def test_every_failure_is_one_line(studio, address, failures, line):
    studio.fail["projects"] = failures
    assert line in said(lambda: reach(address, timeout=0.3).project("3"))


def test_a_long_answer_is_told_in_short(studio, address):
    studio.hurts, studio.fail["whoami"] = "Oh, " * 1000 + "\nno", [500]
    assert len(said(lambda: reach(address).me())) < 300


def test_a_server_that_is_not_there_is_told_at_once(capsys):
    line = said(lambda: reach("http://127.0.0.1:1").project("3"))
    assert "cannot be reached (" in line and "is Label Studio running there?" in line
    assert capsys.readouterr().err == ""


def test_a_server_that_restarts_is_waited_for(studio, capsys):
    """Refused connections are no mistyped address once the server has answered."""
    with small.serving(studio) as url:
        host = reach(url)
        host.me()
    assert "cannot be reached" in said(host.me) and capsys.readouterr().err.count("again in") == 3


# Projects and users


@pytest.mark.parametrize("name, id", [("3", 3), ("Reports", 3), ("2024", 8)])
def test_a_project_is_found_by_number_or_title(studio, address, name, id):
    studio.projects[8] = studio.projects[3] | {"id": 8, "title": "2024"}
    studio.projects[9] = studio.projects[3] | {"id": 9, "title": "Reports of 2024"}
    found = reach(address).project(name)
    assert (found.id, found.label_config) == (id, small.CONFIG)


def test_a_project_that_is_not_there_is_told_with_those_that_are(address):
    line = said(lambda: reach(address).project("4"))
    assert line.endswith("there is no project '4'; the token's owner sees 3 (Reports)")


def test_a_title_of_two_projects_is_told_with_their_numbers(studio, address):
    studio.projects[8] = studio.projects[3] | {"id": 8}
    assert "2 projects are titled 'Reports', 3, 8; type --project" in said(
        lambda: reach(address).project("Reports")
    )


def test_a_user_is_known_by_number_or_address(address):
    host = reach(address)
    assert (host.user("7"), host.user("Two@example.org")) == ("7", "2")
    assert "no user has the e-mail address who; known are one@example.org" in said(lambda: host.user("who"))


@pytest.mark.parametrize(
    "answer",
    [
        {"tasks": None, "total": 1},
        {"tasks": [], "total": None},
        {"tasks": ["a"], "total": 1},
        {
            "tasks": [{"id": 1, "data": {}, "annotations": None, "updated_at": "2024-01-01T00:00:00Z"}],
            "total": 1,
        },
        {"tasks": [{"id": 1, "data": {}, "annotations": [], "updated_at": "yesterday"}], "total": 1},
        {
            "tasks": [{"id": 1, "data": [], "annotations": [], "updated_at": "2024-01-01T00:00:00Z"}],
            "total": 1,
        },
    ],
)
def test_tasks_of_another_shape_are_refused(studio, address, answer):
    studio.fail["tasks"] = [answer]
    assert "no answer of Label Studio's" in said(lambda: reach(address).tasks(3))


def test_tasks_come_as_the_server_has_them(studio, address):
    """Dates, numbers and nesting are not read on the way."""
    data = {"doc_id": "2024-01-01", "n": 1.0, "big": 2**70, "of": [1, None, {"when": "2024-01-01T00:00:00Z"}]}
    id = studio.add(data, {"result": [{"id": "r1", "score": 0.1234567890123}]})
    page = reach(address).tasks(3)
    assert (page.total, page.tasks[0]["id"], page.tasks[0]["data"]) == (1, id, data)
    assert page.tasks[0]["annotations"] == studio.rows[id]["annotations"]
    assert "annotations" not in reach(address).tasks(3, whole=False).tasks[0]
    assert [(query["fields"], query["resolve_uri"]) for _, query in studio.asked] == [
        ("all", "false"),
        ("task_only", "false"),
    ]
