"""Against a real Label Studio: it connects to the backend and stores predictions; push, and push again."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
from urllib.parse import quote

import label_studio_server as studio
import pytest
import tiny_checkpoint
from app_server import serving
from conftest import ROOT
from interfaces import OURS, RENAMED, WITHOUT_LABELS

from annotations.__main__ import main
from annotations.access import Credentials, Guard
from annotations.backend import Backend
from annotations.predictions import Model
from annotations.trainings import Trainings

SECRET = "pässword"
TEXTS = {
    "plain": "Red Column carried out 12 operations in Homs in June 2023. It killed five and wounded three.",
    "crlf": "\r\n \r\nRed Column killed five in Homs.\r\nThree soldiers died.\r\n",
    "emoji": "😀👩‍👩‍👧 Red Column killed five in Homs 😀.",
    "arabic": "في حمص: Red Column killed five in Homs",
    "spaces": "    \t Red  Column   killed five\u00a0soldiers\u2028in Homs",
    "markup": "<b>Red Column</b> killed five &amp; in Homs <a@b>",
    "combining": "Red Column killed five in Homs, Me\u0301naka; o\u0308",
    "nothing": "A quiet month.",
    "100%25 / نص": "Red Column killed two in Homs.",
}

pytestmark = pytest.mark.label_studio


def tasks(key: str = "text") -> list[dict]:
    return [{"data": {key: text, "doc_id": name, "report_date": ""}} for name, text in TEXTS.items()]


def connect(server, project: int, url: str, **more) -> dict:
    about = {"url": url, "project": project, "title": "attack-reports", "is_interactive": False}
    return server.call("POST", "/api/ml", about | more)


def retrieve(server, project: int) -> dict[str, dict]:
    """What "Retrieve predictions" brings: doc_id → task."""
    chosen = {"selectedItems": {"all": True, "excluded": []}}
    server.call("POST", f"/api/dm/actions?id=retrieve_tasks_predictions&project={project}", chosen)
    return there(server, project)


def there(server, project: int, page: int = 1) -> dict[str, dict]:
    query = f"project={project}&page={page}&page_size=100&fields=all"
    found = server.call("GET", f"/api/tasks?{query}")["tasks"]
    return {task["data"]["doc_id"]: task for task in found}


def words(task: dict, key: str = "text") -> list[str]:
    """The words of each region of a task's last prediction, which its text has there."""
    found = []
    for result in task["predictions"][-1]["result"]:
        if result["type"] == "labels":
            value = result["value"]
            assert task["data"][key][value["start"] : value["end"]] == value["text"]
            found.append(value["text"])
    return found


# --- the backend ---


@pytest.mark.parametrize("config, key", [(OURS, "text"), (RENAMED, "report")], ids=["ours", "another"])
def test_label_studio_connects_and_stores_a_prediction_for_every_task(server, tmp_path, config, key):
    model = Model(tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path)))
    project = server.project(config, tasks(key))
    with serving(Backend(model).app()) as url:
        made = connect(server, project, url)
        assert (made["state"], made["model_version"]) == ("CO", model.current.version)
        found = retrieve(server, project)
        versions = server.call("GET", f"/api/ml/{made['id']}/versions")
    assert versions == {"versions": [model.current.version]}
    assert found.keys() == TEXTS.keys()
    for name, task in found.items():
        assert [p["model_version"] for p in task["predictions"]] == [model.current.version]
        assert task["data"][key] == TEXTS[name]
        assert bool(words(task, key)) == (name != "nothing")


def test_a_task_that_cannot_be_read_costs_no_other_its_prediction(server, tmp_path):
    model = Model(tiny_checkpoint.write(tmp_path))
    address = {"data": {"text": "https://example.org/a.txt", "doc_id": "address", "report_date": ""}}
    project = server.project(OURS, [tasks()[0], address, *tasks()[1:]])
    with serving(Backend(model).app()) as url:
        connect(server, project, url)
        found = retrieve(server, project)
    assert found["address"]["predictions"][0]["result"] == []
    assert all(words(found[name]) for name in TEXTS if name != "nothing")


def annotate(server, task: dict):
    body = {"result": task["predictions"][-1]["result"], "was_cancelled": False}
    server.call("POST", f"/api/tasks/{task['id']}/annotations/", body)


def test_annotations_and_a_click_start_trainings_whose_model_predicts_next(server, tmp_path):
    """Label Studio's own webhooks and its own request to train."""
    weights = tiny_checkpoint.write(tmp_path / "weights")
    model = Model(weights)
    script = (
        f"from pathlib import Path; import tiny_checkpoint as t; t.write(Path({str(weights)!r}), sure=0.8)"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    trainings = Trainings([sys.executable, "-c", script], environment, tmp_path / "logs", model.refresh)
    backend = Backend(model, trainings, train_after=2)
    project = server.project(OURS, tasks())
    with serving(backend.app()) as url:
        made = connect(server, project, url)
        first = retrieve(server, project)
        old = model.current.version
        for name, expected in (("plain", 0), ("emoji", 1)):
            annotate(server, first[name])
            wait(lambda: backend.annotated[project] == 1 or trainings.started)
            assert trainings.started == expected
        wait(lambda: not trainings.running)
        assert model.current.version != old
        second = retrieve(server, project)
        server.call("POST", f"/api/ml/{made['id']}/train", {})
        wait(lambda: trainings.started == 2 and not trainings.running)
    versions = [p["model_version"] for p in second["plain"]["predictions"]]
    assert sorted(versions) == sorted([old, model.current.version])


def wait(true, seconds: int = 60):
    for _ in range(seconds * 20):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def test_label_studio_brings_the_password_and_is_refused_without(server, tmp_path):
    backend = Backend(Model(tiny_checkpoint.write(tmp_path)))
    project = server.project(OURS, tasks())
    with serving(Guard(backend.app(), Credentials("studio", SECRET))) as url:
        wrong = {"auth_method": "BASIC_AUTH", "basic_auth_user": "studio", "basic_auth_pass": "wrong"}
        for given in ({}, wrong):
            with pytest.raises(urllib.error.HTTPError) as refused:
                connect(server, project, url, **given)
            assert "authentication parameters" in refused.value.read().decode()
        connect(server, project, url, **wrong | {"basic_auth_pass": SECRET})
        assert words(retrieve(server, project)["plain"])


def test_a_password_in_the_address_comes_with_webhooks_too(server, tmp_path):
    """Label Studio sends what it has in the fields for it with its own requests, not with webhooks."""
    backend = Backend(Model(tiny_checkpoint.write(tmp_path)), train_after=9)
    project = server.project(OURS, tasks())
    with serving(Guard(backend.app(), Credentials("studio", "pass/word"))) as url:
        connect(server, project, url.replace("//", "//studio:pass%2Fword@"))
        annotate(server, retrieve(server, project)["plain"])
        wait(lambda: backend.annotated[project] == 1)


# --- push ---


@pytest.fixture
def folder(tmp_path):
    """Reports of every kind that infer reads, and a model."""
    reports = tmp_path / "reports"
    reports.mkdir()
    for name in ("plain", "crlf", "emoji"):
        (reports / f"{name}.txt").write_text(TEXTS[name], encoding="utf-8", newline="")
    (reports / "page.html").write_text("<p>Red Column killed five in Homs.</p>", encoding="utf-8")
    rows = [{"doc_id": name, "text": text, "site": None, "n": 1.5} for name, text in TEXTS.items()]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (reports / "rows.jsonl").write_text(lines, encoding="utf-8")
    tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path / "model"))
    return tmp_path


@pytest.fixture
def push(server, folder, monkeypatch, capsys):
    def run(*options: str) -> tuple[int, str, str]:
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", server.token)
        model = ["--model", str(folder / "model")]
        code = main(["push", str(folder / "reports"), "--url", server.url, *model, *options])
        out, err = capsys.readouterr()
        assert server.token not in out + err
        return code, out, err

    return run


def empty(server, config: str) -> int:
    return server.call("POST", "/api/projects", {"title": "Pushed to", "label_config": config})["id"]


def test_push_makes_tasks_with_predictions_and_again_nothing(server, push, folder):
    code, out, _ = push("--create", "Pushed reports")
    project = int(out.split()[1])
    total = 4 + len(TEXTS)
    assert code == 0 and f"{total} tasks made, 0 predictions added" in out
    found = there(server, project)
    assert {task["data"]["text"] for task in found.values()} >= set(TEXTS.values())
    assert all(bool(words(task)) == (name != "nothing") for name, task in found.items())
    for name in TEXTS:
        assert found[name]["data"]["site"] is None and found[name]["data"]["n"] == 1.5
        assert 0 <= found[name]["predictions"][0]["score"] <= 1
    code, out, _ = push("--project", str(project))
    assert code == 0 and f"0 tasks made, 0 predictions added to tasks that were there, {total} there" in out
    assert there(server, project) == found

    tiny_checkpoint.write(folder / "model", sure=0.8)
    code, out, _ = push("--project", "Pushed reports")
    assert code == 0 and f"0 tasks made, {total} predictions added" in out
    again = there(server, project)
    assert {len(task["predictions"]) for task in again.values()} == {2} and again.keys() == found.keys()

    code, _, err = push("--create", "Pushed reports")
    assert code == 2 and f"project {project} is titled 'Pushed reports' already" in err


def test_push_leaves_a_task_of_another_text_and_says_so(server, push):
    project = server.project(OURS, [{"data": {"text": "Older.", "doc_id": "plain.txt", "report_date": ""}}])
    code, out, err = push("--project", str(project))
    assert code == 1 and f"{3 + len(TEXTS)} tasks made" in out and "1 left out" in out
    assert "error: plain.txt: task" in err and there(server, project)["plain.txt"]["data"]["text"] == "Older."


def test_push_into_a_project_with_names_of_its_own(server, push):
    project = empty(server, RENAMED)
    code, _, _ = push("--project", str(project))
    assert code == 0
    for name, task in there(server, project).items():
        assert bool(words(task, "report")) == (name != "nothing")


def test_push_into_a_project_that_cannot_take_it_sends_nothing(server, push):
    project = empty(server, WITHOUT_LABELS)
    code, _, err = push("--project", str(project))
    assert code == 2 and "Labels" in err and there(server, project) == {}


def test_sorted_by_score_the_project_shows_the_queue_that_rank_prints(server, push, folder, capsys):
    """Of reports that a push has scored otherwise; one is annotated, and not asked for again."""
    tiny_checkpoint.write(folder / "model", sure=0.9, five=0.4, two=0.6, three=0.7)
    project = empty(server, OURS)
    push("--project", str(project))
    annotate(server, there(server, project)["emoji"])
    model = ["--model", str(folder / "model")]
    assert (
        main(["rank", str(folder / "reports"), "--url", server.url, "--project", str(project), *model]) == 0
    )
    out, err = capsys.readouterr()
    queue = [row["id"] for row in csv.DictReader(io.StringIO(out))]
    assert "1 reports are annotated" in err and "emoji" not in queue and len(queue) == 3 + len(TEXTS)
    sort = quote(
        json.dumps({"filters": {"conjunction": "and", "items": []}, "ordering": ["tasks:predictions_score"]})
    )
    query = f"project={project}&page_size=100&fields=all&query={sort}"
    shown = [task["data"]["doc_id"] for task in server.call("GET", f"/api/tasks?{query}")["tasks"]]
    assert [name for name in shown if name != "emoji"] == queue


def test_a_push_whose_server_dies_is_whole_once_it_is_repeated(server, folder):
    rows = [{"id": f"row {i}", "text": f"Red Column killed five in Homs. {i}"} for i in range(300)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    base = folder / "label-studio"
    base.mkdir()
    shutil.copy(server.fresh, base / studio.DATABASE)  # to make one takes Label Studio half a minute

    def push(server, *options: str) -> subprocess.Popen:
        where = ["--url", server.url, "--model", str(folder / "model")]
        command = [sys.executable, "-m", "annotations", "push", str(folder / "rows.jsonl"), *where, *options]
        return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"LABEL_STUDIO_API_KEY": server.token})

    with studio.serving(base, server.token) as first:
        process = push(first, "--create", "Broken off")
        wait(lambda: first.call("GET", "/api/projects")["results"] and there(first, 1), seconds=300)
        first.process.kill()
        assert process.wait(300) in (1, 2)  # 2 where the first answer, too, was lost
    with studio.serving(base, first.token) as second:
        assert 0 < second.call("GET", "/api/tasks?project=1&page_size=1")["total"] < len(rows)
        assert push(second, "--project", "Broken off").wait(300) == 0
        found = [task for page in (1, 2, 3) for task in there(second, 1, page).values()]
    assert sorted(task["data"]["text"] for task in found) == sorted(row["text"] for row in rows)
    assert {len(task["predictions"]) for task in found} == {1}
