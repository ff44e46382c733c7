"""The backend over loopback: a result for each task whatever comes, trainings one at a time, passwords."""

import base64
import contextlib
import json
import logging
import sys
import threading
import time
from pathlib import Path

import app_server
import httpx
import pytest
import tiny_checkpoint
from interfaces import OURS, RENAMED

from annotations import labelstudio, predictions
from annotations.access import Credentials, Guard
from annotations.backend import Backend
from annotations.interface import Interface
from annotations.predictions import Model
from annotations.trainings import Trainings
from infer.schema import Document, InputError

REPORT = "Red Column carried out 12 operations in Homs in June 2023. It killed five soldiers."
PYTHON = sys.executable


@contextlib.contextmanager
def serving(app):
    """A client of the app, which a real server serves."""
    with app_server.serving(app) as address, httpx.Client(base_url=address, timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Model:
    return Model(tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path_factory.mktemp("model") / "tiny")))


@pytest.fixture(scope="module")
def client(model):
    with serving(Backend(model).app()) as found:
        yield found


def task(id: int, text=REPORT, **data) -> dict:
    return {"id": id, "data": {"text": text, "doc_id": f"report-{id}", "report_date": "2023-07-01"} | data}


def ask(client, *tasks, config: str | None = OURS):
    body = {"tasks": tasks, "model_version": None, "project": "1.1700000000", "label_config": config}
    return client.post("/predict", json=body | {"params": {"login": "", "password": "", "context": None}})


def results(client, *tasks, config: str | None = OURS) -> list[dict]:
    answer = ask(client, *tasks, config=config)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def quoted(value: dict, text: str) -> str:
    return text[value["start"] : value["end"]]


# --- what it says of itself ---


def test_it_says_that_it_is_up_and_what_it_is(client, model):
    for path in ("/", "/health"):
        said = client.get(path).json()
        assert (said["status"], said["model_class"]) == ("UP", "attack-reports")
    assert client.get("/versions").json() == {"versions": [model.current.version]}


def test_the_version_tells_the_checkpoint_by_name_and_content(model):
    about = model.current.tagger.checkpoint
    assert model.current.version == f"tiny 0 {about.digest()[:12]}"


def test_setup_answers_with_the_version_and_no_token_is_logged(client, model, caplog):
    caplog.set_level(logging.DEBUG)
    body = {"project": "1.17", "schema": OURS, "hostname": "http://localhost:8080"}
    answer = client.post("/setup", json=body | {"access_token": "a-secret", "extra_params": None})
    assert answer.json() == {"model_version": model.current.version}
    assert "a-secret" not in caplog.text + answer.text


def test_setup_tells_what_the_projects_interface_has_no_place_for(client, caplog):
    config = OURS.replace('<Relation value="includes"/>', "")
    assert client.post("/setup", json={"schema": config}).status_code == 200
    assert "no Relation includes: not predicted there" in caplog.text


# --- predictions ---


def test_a_prediction_is_the_models_reading_with_scores(client, model):
    [found] = results(client, task(5))
    read = predictions.predicted(Document("report-5", REPORT, report_date=None), model.current.tagger)
    [written] = labelstudio.write_prediction(read, model.current.version)["predictions"]
    assert found["result"] == written["result"] and found["model_version"] == model.current.version
    labels = [r for r in found["result"] if r["type"] == "labels"]
    assert labels and all(quoted(r["value"], REPORT) == r["value"]["text"] for r in labels)
    marks = [r["score"] for r in labels]
    assert all(0 < score < 1 for score in marks) and found["score"] == min(marks)
    assert {"labels", "choices", "textarea"} <= {r["type"] for r in found["result"]}


UNREADABLE = [
    ({"data": {"doc_id": "report-2"}}, "report-2: no prediction: data has no text"),
    ({"data": {"text": None}}, "task 2: no prediction: data has no text"),
    ({"data": {"text": ["a", "b"]}}, "task 2: no prediction: data has no text"),
    ({"data": {"text": " https://example.org/a.txt"}}, "task 2: no prediction: data.text is the address"),
    ({"data": {"text": "/data/upload/1/a.txt"}}, "task 2: no prediction: data.text is the address"),
    ({"data": {"text": "half \ud83d of it"}}, "task 2: no prediction: data holds half a character"),
    ({"data": {"text": None, "doc_id": " "}}, "task 2: no prediction: data has no text"),
    ({"data": {"text": None, "doc_id": "a\n\x1b[2J\tb"}}, "a \ufffd[2J b: no prediction: data has no text"),
    ({"data": {"text": "a " * 150_000}}, "task 2: no prediction: 300,000 characters, 200,000 at most"),
    ({"data": "text"}, "task 2: no prediction: it has no data"),
    ({}, "task 2: no prediction: it has no data"),
    (None, "task ?: no prediction: it has no data"),
    ("report", "task ?: no prediction: it has no data"),
]


@pytest.mark.parametrize("broken, told", UNREADABLE, ids=lambda given: ascii(given)[:40])
def test_a_task_that_cannot_be_read_has_an_empty_result_in_its_place(client, model, caplog, broken, told):
    broken = {"id": 2} | broken if isinstance(broken, dict) else broken
    content = json.dumps({"tasks": [task(1), broken, task(3, "Nothing of note.")], "label_config": OURS})
    answer = client.post("/predict", content=content, headers={"Content-Type": "application/json"})
    first, second, third = answer.json()["results"]
    assert first["result"] and second == {"model_version": model.current.version, "result": []}
    assert third == {"model_version": model.current.version, "result": [], "score": 1.0}
    assert told in caplog.text and len(caplog.messages) == 1


def test_results_stand_in_the_order_of_their_tasks(client):
    texts = [f"Red Column killed {words} in Homs." for words in ("two", "three", "five")] * 4
    found = results(client, *(task(i, text) for i, text in enumerate(texts)))
    said = [[r["value"]["text"] for r in one["result"] if r["type"] == "labels"] for one in found]
    assert [next(word for word in words if word in ("two", "three", "five")) for words in said] == [
        "two",
        "three",
        "five",
    ] * 4


def test_a_log_line_stays_short_whatever_was_sent(client, caplog):
    results(client, task(1, "https://" + "a" * 100_000, doc_id="b" * 100_000))
    assert "b" * 300 + "…: no prediction: data.text is the address https://aaa" in caplog.text
    assert len(caplog.text) < 2_000


def test_no_task_is_no_result(client):
    assert results(client) == []


def test_a_report_that_breaks_the_reader_costs_no_other_its_prediction(tmp_path, caplog):
    class Breaking(Model):
        def _load(self):
            loaded = super()._load()
            tag = loaded.tagger.tag

            def breaking(texts):
                if "break" in texts[0]:
                    raise IndexError("list index\nout of range")
                return tag(texts)

            loaded.tagger.tag = breaking
            return loaded

    model = Breaking(tiny_checkpoint.write(tmp_path))
    with serving(Backend(model).app()) as client:
        first, second, third = results(client, task(1), task(2, "break"), task(3))
        assert client.get("/metrics").json()["unreadable"] == 1
    assert first["result"] and third["result"] and second["result"] == []
    assert "report-2: no prediction: IndexError: list index out of range" in caplog.messages


@pytest.mark.parametrize("text", [
    "\r\n \r\nRed Column killed five in Homs.\r\n",
    "😀👩‍👩‍👧 Red Column killed five in Homs 😀.",
    "في حمص: Red Column killed five in Homs",
    "   \t<b>Red Column</b> killed five &amp; in Homs",
], ids=["crlf", "emoji", "arabic", "markup"])  # fmt: skip
def test_offsets_are_code_points_of_the_text_as_it_was_sent(client, text):
    [found] = results(client, task(1, text))
    labels = [r["value"] for r in found["result"] if r["type"] == "labels"]
    assert "Homs" in [value["text"] for value in labels]
    assert all(quoted(value, text) == value["text"] for value in labels)


def test_names_are_those_of_the_projects_own_configuration(client):
    [found] = results(client, {"id": 1, "data": {"report": REPORT}}, config=RENAMED)
    assert {r["from_name"] for r in found["result"] if "value" in r} == {
        "marks",
        "fate",
        "victims",
        "event",
        "value",
    }
    assert {r["to_name"] for r in found["result"] if "value" in r} == {"body"}
    assert Interface.of(RENAMED).key == "report"


def test_without_a_configuration_names_are_ours(client):
    [found] = results(client, task(1), config=None)
    assert found == results(client, task(1))[0]


def test_a_report_date_that_is_none_is_told_and_costs_no_prediction(client, caplog):
    [found] = results(client, task(1, report_date="last week"))
    assert found["result"] and "report-1: report_date 'last week' is no date" in caplog.text


def test_the_report_date_is_what_weekdays_are_counted_from(tmp_path):
    """Of the weights that ship, since the tiny ones know no such words."""
    text = "Gunmen killed 12 soldiers in Ouallam last Monday."
    with serving(Backend(Model()).app()) as client:
        dated = results(client, task(1, text, report_date="2024-01-31"))[0]["result"]
    assert "2024-01-29/2024-01-29" in [r["value"]["text"][0] for r in dated if r.get("from_name") == "value"]


@pytest.mark.parametrize("config, told", [
    ("<View><HyperText name='t' value='$t'/><HyperTextLabels name='l' toName='t'/></View>", "HyperText"),
    ("<View", "no XML"),
    ("<View><Text name='t' value='$t'/><Choices name='c' toName='t'/></View>", "Labels"),
], ids=["hypertext", "broken", "no labels"])  # fmt: skip
def test_an_interface_without_a_place_for_spans_is_refused_in_one_line(client, config, told):
    for path, body in (
        ("/setup", {"schema": config}),
        ("/predict", {"tasks": [task(1)], "label_config": config}),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code == 400 and answer.json().keys() == {"error"}
        assert told in answer.json()["error"] and "\n" not in answer.json()["error"]


BAD = [
    ("POST", "/predict", b"", 422),
    ("POST", "/predict", b"tasks=1", 422),
    ("POST", "/predict", b'{"tasks": [', 422),
    ("POST", "/predict", b"\xff\xfe\x00", 400),
    ("POST", "/predict", b"[" * 100_000, 400),
    ("POST", "/predict", b"[]", 422),
    ("POST", "/predict", b"{}", 422),
    ("POST", "/predict", b'{"tasks": {"id": 1}}', 422),
    ("POST", "/predict", b'{"tasks": [], "label_config": 7}', 422),
    ("POST", "/predict", b'{"tasks": [], "label_config": "\\ud83d"}', 400),
    ("POST", "/setup", b"null", 422),
    ("POST", "/setup", b'{"schema": []}', 422),
    ("POST", "/webhook", b"{}", 422),
    ("POST", "/webhook", b'{"action": 5}', 422),
    ("POST", "/webhook", b'{"action": "START_TRAINING"}', 400),
    ("POST", "/webhook", b'{"action": "START_TRAINING", "project": {"id": "; rm -r /"}}', 400),
    ("POST", "/webhook", b'{"action": "START_TRAINING", "project": true}', 400),
    ("POST", "/webhook", b'{"action": "START_TRAINING", "project": -1}', 400),
    ("POST", "/webhook", b'{"action": "START_TRAINING", "project": ' + b"9" * 5_000 + b"}", 400),
    ("GET", "/predict", b"", 405),
    ("GET", "/docs", b"", 404),
    ("GET", "/no-such", b"", 404),
]  # fmt: skip


@pytest.mark.parametrize("method, path, content, status", BAD)
def test_a_bad_request_gets_one_line_and_no_traceback(client, method, path, content, status):
    answer = client.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    [(key, line)] = answer.json().items()
    assert key == "error" and line and "\n" not in line and "Traceback" not in line


def test_another_sites_page_in_the_analysts_browser_starts_no_training(tmp_path):
    """Without asking first, a browser sends to any address what it calls text or a form."""
    trained = Trained(tmp_path)
    body = b'{"action": "START_TRAINING", "project": 7}'
    with serving(trained.backend.app()) as client:
        for kind in ("text/plain", "application/x-www-form-urlencoded", None):
            headers = {"Content-Type": kind} if kind else {}
            assert client.post("/webhook", content=body, headers=headers).status_code == 422
        asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
        assert client.options("/webhook", headers=asked).status_code == 405
    assert trained.trained() == []


def test_a_failure_of_our_own_gets_one_line_too(model, monkeypatch):
    backend = Backend(model)
    with serving(backend.app()) as client:
        backend.model = None
        answer = client.get("/health")
    assert answer.status_code == 500
    assert answer.json() == {"error": "/health failed (AttributeError); see the backend's log"}


# --- while it works ---


def test_health_is_answered_while_predictions_are_made(tmp_path):
    """Label Studio takes a backend for dead after a second; one long report takes longer."""
    model = Model(tiny_checkpoint.write(tmp_path))
    with serving(Backend(model).app()) as client, httpx.Client(base_url=client.base_url) as other:
        asked = threading.Thread(target=ask, args=(client, task(1, REPORT * 60)))
        asked.start()
        times = []
        while asked.is_alive():
            began = time.monotonic()
            assert other.get("/health", timeout=10).status_code == 200
            times.append(time.monotonic() - began)
        asked.join()
    # Where a prediction blocks it, one or two are answered.
    assert len(times) >= 5 and sorted(times)[len(times) // 2] < 1


def test_nothing_is_read_for_whoever_has_hung_up(tmp_path):
    backend = Backend(Model(tiny_checkpoint.write(tmp_path)))
    with serving(backend.app()) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/predict", json={"tasks": [task(i) for i in range(5_000)]}, timeout=2)
        for _ in range(30):
            read = backend.counted["tasks"]
            time.sleep(1)
            if 0 < read == backend.counted["tasks"]:
                break
        else:
            raise AssertionError(f"{read} tasks were read, and no end of it")
    assert read < 5_000


def test_new_weights_are_taken_up_and_change_the_version(tmp_path):
    model = Model(tiny_checkpoint.write(tmp_path))
    with serving(Backend(model).app()) as client:
        before = results(client, task(1))[0]
        model.refresh()
        assert results(client, task(1))[0] == before
        tiny_checkpoint.write(tmp_path, sure=0.8)
        model.refresh()
        after = results(client, task(1))[0]
    assert before["model_version"] != after["model_version"] == model.current.version
    assert (round(before["score"], 3), round(after["score"], 3)) == (0.9, 0.8)


def test_broken_weights_are_told_and_the_old_ones_go_on(tmp_path, caplog):
    model = Model(tiny_checkpoint.write(tmp_path))
    version = model.current.version
    (tmp_path / "config.json").write_text("{}")
    model.refresh()
    assert model.current.version == version and f"{version} goes on" in caplog.text


def test_a_folder_that_is_no_checkpoint_is_refused_at_the_start(tmp_path):
    with pytest.raises(InputError, match="is no checkpoint"):
        Model(tmp_path)


# --- webhooks and trainings ---


class Trained:
    """A backend whose trainings change the weights in its folder, slowly."""

    def __init__(self, folder: Path, **options):
        self.weights = tiny_checkpoint.write(folder / "weights")
        self.model = Model(self.weights)
        self.notes = folder / "notes"
        script = (
            f"import os, time, tiny_checkpoint; open({str(self.notes)!r}, 'a').write('{{project}} ')\n"
            "time.sleep(1)\n"
            f"from pathlib import Path; tiny_checkpoint.write(Path({str(self.weights)!r}), sure=0.8)"
        )
        environment = {"PYTHONPATH": ":".join(sys.path), "LABEL_STUDIO_API_KEY": "a-secret"}
        command = [PYTHON, "-c", script]
        self.trainings = Trainings(command, environment, folder / "logs", self.model.refresh)
        self.backend = Backend(self.model, self.trainings, **options)

    def trained(self) -> list[str]:
        while self.trainings.running:
            time.sleep(0.02)
        return self.notes.read_text().split() if self.notes.exists() else []


def say(client, action: str, **body):
    began = time.monotonic()
    answer = client.post("/webhook", json={"action": action, "project": {"id": 7, "title": "Reports"}} | body)
    assert (answer.status_code, time.monotonic() - began < 1) == (201, True)
    return answer.json()["status"]


def test_training_starts_when_asked_for_and_its_weights_are_taken_up(tmp_path):
    trained = Trained(tmp_path)
    with serving(trained.backend.app()) as client:
        before = client.get("/health").json()["model_version"]
        assert say(client, "START_TRAINING") == "training"
        assert client.get("/metrics").json()["training"] is True
        for _ in range(3):
            say(client, "START_TRAINING")
        assert trained.trained() == ["7", "7"]
        assert client.get("/health").json()["model_version"] != before
        said = client.get("/metrics").json()
        assert (said["training"], said["trainings"]) == (False, 2)
        assert results(client, task(1))[0]["model_version"] == client.get("/health").json()["model_version"]


def test_annotations_start_no_training_unless_that_is_wanted(tmp_path):
    trained = Trained(tmp_path)
    with serving(trained.backend.app()) as client:
        for action in ("ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED", "TASKS_CREATED"):
            assert say(client, action, annotation={"id": 1}) == "noted"
    assert trained.trained() == []


def test_every_so_many_annotations_start_a_training(tmp_path):
    trained = Trained(tmp_path, train_after=3)
    with serving(trained.backend.app()) as client:
        say(client, "ANNOTATION_CREATED", annotation={"id": 1, "was_cancelled": True})
        say(client, "ANNOTATIONS_DELETED", annotations=[{"id": 1}])
        say(client, "ANNOTATION_CREATED", annotation={"id": 2})
        say(client, "ANNOTATION_CREATED", annotation={"id": 5}, project={"id": 8})
        assert say(client, "ANNOTATION_UPDATED") == "noted"
        assert trained.trained() == []
        assert say(client, "ANNOTATION_CREATED", annotation={"id": 3}) == "training"
        assert say(client, "ANNOTATIONS_CREATED", annotation=[{"id": 3}, {"id": 4}]) == "noted"
        assert trained.trained() == ["7"]
        assert say(client, "ANNOTATION_UPDATED", annotation={"id": 3}) == "training"
        assert trained.trained() == ["7", "7"]


def test_without_a_server_to_train_from_it_is_said_and_not_tried(client, caplog):
    assert say(client, "START_TRAINING") == "cannot train"
    assert "project 7: asked to train, but it was started without what trainings need" in caplog.text


def test_the_end_of_the_service_ends_its_training(tmp_path):
    trained = Trained(tmp_path)
    with serving(trained.backend.app()) as client:
        say(client, "START_TRAINING")
        while not trained.notes.exists():
            time.sleep(0.02)
        before = trained.model.current.version
    assert not trained.trainings.running or trained.trained()
    time.sleep(1.5)
    trained.model.refresh()
    assert trained.model.current.version == before


# --- passwords ---

RIGHT = Credentials("label-studio", "pässword:1")


def header(said: bytes, kind: str = "Basic") -> dict:
    return {"Authorization": f"{kind} {base64.b64encode(said).decode()}"}


@pytest.mark.parametrize("headers", [
    {},
    header(b"label-studio:wrong"),
    header(b"other:p\xc3\xa4ssword:1"),
    header(b"label-studio"),
    header("label-studio:pässword:1".encode(), kind="Bearer"),
    {"Authorization": "Basic"},
    {"Authorization": "Basic !!"},
    {"Authorization": "Basic \xe9".encode("latin-1")},
], ids=lambda headers: str(headers)[:50])  # fmt: skip
def test_nothing_is_told_without_the_password(model, headers, caplog):
    with serving(Guard(Backend(model).app(), RIGHT)) as client:
        for method, path in (
            ("GET", "/health"),
            ("GET", "/no-such"),
            ("POST", "/predict"),
            ("POST", "/webhook"),
        ):
            answer = client.request(method, path, headers=headers)
            assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Basic")
            assert answer.json().keys() == {"error"}
    assert "GET '/health' refused: it came with " in caplog.text and "word:1" not in caplog.text


@pytest.mark.parametrize("encoding, kind", [("utf-8", "basic"), ("latin-1", "Basic")])
def test_with_the_password_it_is_as_without_one(model, encoding, kind):
    with serving(Guard(Backend(model).app(), RIGHT)) as client:
        client.headers.update(header("label-studio:pässword:1".encode(encoding), kind))
        assert client.get("/health").json()["status"] == "UP"
        assert results(client, task(1))[0]["result"]


def test_credentials_come_from_the_environment_both_or_none(monkeypatch):
    monkeypatch.delenv("BASIC_AUTH_USER", raising=False)
    monkeypatch.delenv("BASIC_AUTH_PASS", raising=False)
    assert Credentials.of_environment() is None
    monkeypatch.setenv("BASIC_AUTH_USER", "one")
    with pytest.raises(InputError, match="BASIC_AUTH_USER is set and BASIC_AUTH_PASS is not"):
        Credentials.of_environment()
    monkeypatch.setenv("BASIC_AUTH_PASS", "secret")
    assert Credentials.of_environment() == Credentials("one", "secret")
    assert "secret" not in repr(Credentials.of_environment())
    monkeypatch.setenv("BASIC_AUTH_USER", "o:ne")
    with pytest.raises(InputError, match="colon"):
        Credentials.of_environment()
