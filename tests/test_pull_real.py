"""A pull from a real Label Studio: what was put there comes back; its filters and tokens are as supposed."""

import dataclasses
import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import label_studio_server as studio
import pytest
import small_label_studio as small
from annotated import reports, task
from conftest import ROOT

from annotations import labelstudio
from annotations.__main__ import main
from annotations.interface import OURS, Interface
from annotations.server import TOKEN, Server, moment, where
from infer.schema import InputError

pytestmark = pytest.mark.label_studio
DEAD = task("{L1 Dun} fell. {C1 A guard} died.", events="C1 incident", spans="L1 none / C1 killed civilian 1")
OTHER = task(
    "{L1 Dun} fell. {C1 A guard} died.", events="C1 incident", spans="L1 none / C1 killed civilian 2"
)


def named(name: str, made=DEAD):
    return dataclasses.replace(made, data=made.data | {"doc_id": name})


@pytest.fixture
def pull(server, tmp_path, monkeypatch, capsys):
    """`pull(project, *arguments)` into export.json → exit code, lines of output, lines of errors."""
    monkeypatch.setenv(TOKEN, server.token)

    def call(project, *arguments: str, out: str = "export.json"):
        code = main(
            ["pull", "--url", server.url, "--project", str(project), "-o", str(tmp_path / out), *arguments]
        )
        said = capsys.readouterr()
        assert server.token not in said.out + said.err
        return code, said.out.splitlines(), said.err.splitlines()

    return call


def result(made) -> list[dict]:
    return labelstudio.write_task(made)["annotations"][0]["result"]


def delete(server, path: str) -> None:
    request = urllib.request.Request(
        server.url + path, headers={"Authorization": f"Token {server.token}"}, method="DELETE"
    )
    urllib.request.urlopen(request, timeout=60).close()


def written(tmp_path, out: str = "export.json") -> list[dict]:
    return json.loads((tmp_path / out).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def second(server) -> int:
    """Another annotator."""
    made = server.call("POST", "/api/users/", {"email": "second@example.org", "username": "second"})
    return made["id"]


@pytest.fixture(scope="module")
def mixed(server, second) -> tuple[int, dict[str, int]]:
    """A project with finished, skipped, drafted and untouched tasks; the task of each doc_id."""
    made = [labelstudio.write_task(each) for each in (*reports(), named("two"), named("skipped later"))]
    bare = [
        {"data": named(name).data} for name in ("untouched", "skipped", "draft", "skipped once", "nameless")
    ]
    del bare[-1]["data"]["doc_id"]
    project = server.project(small.CONFIG, [*made, *bare])
    found = server.call("GET", f"/api/tasks?project={project}&page_size=100&fields=all")["tasks"]
    tasks = {each["data"].get("doc_id", "nameless"): each["id"] for each in found}
    mark = {"result": result(DEAD)}
    server.call(
        "POST", f"/api/tasks/{tasks['two']}/annotations/", {"result": result(OTHER), "completed_by": second}
    )
    for name in ("skipped", "skipped once"):
        server.call("POST", f"/api/tasks/{tasks[name]}/annotations/", mark | {"was_cancelled": True})
    for name in ("skipped once", "nameless"):
        server.call("POST", f"/api/tasks/{tasks[name]}/annotations/", mark)
    for name in ("draft", "nameless"):
        server.call("POST", f"/api/tasks/{tasks[name]}/drafts", mark)
    [later] = server.call("GET", f"/api/tasks/{tasks['skipped later']}/")["annotations"]
    server.call("PATCH", f"/api/annotations/{later['id']}/", {"was_cancelled": True})
    return project, tasks


def test_what_was_put_there_comes_back_whole_and_the_rest_is_told(pull, mixed, tmp_path):
    project, tasks = mixed
    code, out, err = pull(project)
    assert code == 0
    came = written(tmp_path)
    assert [each["id"] for each in came] == sorted(
        tasks[n] for n in (*(m.id for m in reports()), "two", "skipped once", "nameless")
    )
    assert [labelstudio.read_task(each) for each in came][:5] == [(made, []) for made in reports()]
    assert [each["data"]["doc_id"] for each in came][5:] == [
        "two",
        "skipped once",
        f"task-{tasks['nameless']}",
    ]
    assert err[-2:] == [
        "pull: tasks left out: 2 skipped, 1 with only a draft, 1 unlabelled",
        "pull: left out beside finished annotations: 1 skipped annotations, 1 drafts",
    ]
    assert err[-3].endswith("8 tasks, 0 repaired, 1 named task-ID")


@pytest.mark.parametrize(
    "who, value", [(None, "2"), ("1", "1"), (studio.USER, "1"), ("Second@example.org", "2")]
)
def test_of_two_annotators_the_preferred_is_taken_and_both_are_compared(
    pull, mixed, second, tmp_path, who, value
):
    code, out, _ = pull(mixed[0], *(("--prefer", who) if who else ()))
    [made] = [labelstudio.read_task(each)[0] for each in written(tmp_path) if each["data"]["doc_id"] == "two"]
    assert code == 0 and made.by_id["C1"].value == value
    assert any(line.split()[:5] == ["users", "1", "and", str(second), "1"] for line in out)


def test_the_small_server_of_the_other_tests_filters_as_this_one(server, mixed):
    """Each kind of condition of a pull, on tasks of every kind."""
    project, _ = mixed
    found = server.call("GET", f"/api/tasks?project={project}&page_size=100&fields=all")["tasks"]
    drafted = server.call(
        "GET", f"/api/tasks?project={project}&page_size=100&fields=all&query={drafts_query()}"
    )["tasks"]
    double = small.LabelStudio()
    double.projects[project] = double.projects[3] | {"id": project}
    for row in found:
        double.rows[row["id"]] = row | {"drafted": row["id"] in {each["id"] for each in drafted}}
    real = Server(f"{server.url}/", server.token)
    middle = sorted(row["updated_at"] for row in found)[len(found) // 2]
    since = moment(middle).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    conditions = [
        (where("id", "greater", found[4]["id"]),),
        (where("id", "equal", found[4]["id"]),),
    ]
    conditions += [
        (where(f"{which}_annotations", how, 0),)
        for which in ("total", "cancelled")
        for how in ("greater", "equal")
    ]
    conditions += [(where("updated_at", "greater", since, "Datetime"),)]
    conditions += [(where("draft_exists", "equal", True, "Boolean"), conditions[2][0]), ()]
    with small.serving(double) as url:
        playing = Server(f"{url}/", small.LEGACY)
        for asked in conditions:
            for order in ("tasks:id", "-tasks:updated_at"):
                pages = [each.tasks(project, *asked, size=5, order=order) for each in (real, playing)]
                assert pages[0].total == pages[1].total > 0
                assert [t["id"] for t in pages[0].tasks] == [t["id"] for t in pages[1].tasks]


def drafts_query() -> str:
    condition = where("draft_exists", "equal", True, "Boolean")
    return urllib.parse.quote(json.dumps({"filters": {"conjunction": "and", "items": [condition]}}))


def test_a_killed_pull_ends_as_an_uninterrupted_one(server, pull, tmp_path):
    """While it lies there annotations are changed, added, skipped and deleted, and a task is deleted."""
    tasks = [labelstudio.write_task(named(f"r-{n}")) for n in range(40)]
    project = server.project(small.CONFIG, [*tasks, {"data": named("late").data}])
    ids = server.tasks(project)
    command = [sys.executable, "-m", "annotations", "pull", "--url", server.url, "--project", str(project)]
    out = ["-o", str(tmp_path / "export.json"), "--page-size", "1"]
    begun = tmp_path / "export.json.pull"
    environment = {TOKEN: server.token, "PATH": ""}
    with subprocess.Popen([*command, *out], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not (begun.exists() and begun.read_bytes().count(b"\n") > 10):
            time.sleep(0.02)
        process.kill()
    came = begun.read_bytes().count(b"\n") - 1
    assert 5 < came < 40 and not (tmp_path / "export.json").exists()
    annotation = {
        name: server.call("GET", f"/api/tasks/{ids[name]}/")["annotations"][0]["id"]
        for name in ("r-0", "r-1", "r-2")
    }
    server.call("PATCH", f"/api/annotations/{annotation['r-0']}/", {"result": result(OTHER)})
    server.call("PATCH", f"/api/annotations/{annotation['r-1']}/", {"was_cancelled": True})
    delete(server, f"/api/annotations/{annotation['r-2']}/")
    delete(server, f"/api/tasks/{ids['r-3']}/")
    server.call("POST", f"/api/tasks/{ids['late']}/annotations/", {"result": result(DEAD)})
    code, _, err = pull(project, "--page-size", "7")
    assert code == 0 and f"goes on after {came} tasks" in err[0]
    assert pull(project, out="whole.json")[0] == 0
    assert written(tmp_path) == written(tmp_path, "whole.json")
    names = {each["data"]["doc_id"] for each in written(tmp_path)}
    assert names == {f"r-{n}" for n in range(40)} - {"r-1", "r-2", "r-3"} | {"late"}
    assert labelstudio.read_task(written(tmp_path)[0])[0].by_id["C1"].value == "2"


def test_the_project_is_found_by_its_title_and_its_interface_is_ours(server):
    made = server.call("POST", "/api/projects", {"title": "Only one", "label_config": small.CONFIG})
    real = Server(f"{server.url}/", server.token)
    found = real.project("Only one")
    assert found.id == made["id"] and Interface.of(found.label_config) == OURS
    with pytest.raises(InputError, match="there is no project 'None'; the token's owner sees .*Only one"):
        real.project("None")
    with pytest.raises(InputError, match="there is no project '99999'"):
        real.project("99999")


def test_a_personal_token_works_and_a_switched_off_legacy_one_is_told(server):
    key = server.call("POST", "/api/token/", {})["token"]
    personal = Server(f"{server.url}/", key)
    server.call("POST", "/api/jwt/settings", {"api_token_ttl_days": 30, "legacy_api_tokens_enabled": False})
    try:
        with pytest.raises(
            InputError, match=r"the token was refused while logging in \(.*legacy token.*disabled"
        ):
            Server(f"{server.url}/", server.token).me()
        assert personal.me() == 1
    finally:
        settings = {"api_token_ttl_days": 30, "legacy_api_tokens_enabled": True}
        personal.ask("switching back", lambda: personal.client.jwt_settings.update(**settings))
    assert Server(f"{server.url}/", server.token).me() == 1


def test_a_wrong_token_is_refused(server):
    with pytest.raises(InputError, match="the token was refused while looking for project 1"):
        Server(f"{server.url}/", "0" * 40).project("1")
