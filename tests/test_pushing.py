"""Pushing: nothing twice, nothing moved, nothing lost without a word, whatever the server does meanwhile."""

import dataclasses
import json
import tracemalloc
from pathlib import Path

import httpx
import pytest
import tiny_checkpoint
from interfaces import RENAMED, WITHOUT_LABELS
from pushable_label_studio import Pushable, serving
from small_label_studio import LEGACY

from annotations import pushing, server
from annotations.predictions import Model
from annotations.pushing import Pushing, batches
from annotations.server import Server
from infer.rows import Columns, day
from infer.schema import Document, InputError
from infer.sources import find, read

TEXTS = {
    "plain": "Red Column carried out 12 operations in Homs in June 2023.",
    "crlf": "\r\n \r\nRed Column killed five in Homs.\r\nThree soldiers died.\r\n",
    "emoji": "😀👩‍👩‍👧 Red Column killed five in Homs 😀.",
    "arabic": "في حمص: Red Column killed five in Homs",
    "spaces": "    \t Red  Column   killed five",
    "markup": "<b>Red Column</b> killed five &amp; in Homs",
    "nothing": "A quiet month.",
}
REPORTS = [Document(name, text) for name, text in TEXTS.items()]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return Model(tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path_factory.mktemp("a")))).current


@pytest.fixture(scope="module")
def newer(tmp_path_factory):
    return Model(tiny_checkpoint.write(tmp_path_factory.mktemp("b"), sure=0.8)).current


@pytest.fixture
def studio():
    return Pushable()


@pytest.fixture
def address(studio):
    with serving(studio) as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(server, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(pushing, "PAUSES", (0.01, 0.01))


class Told(list):
    """The lines that a push told."""

    def __call__(self, line: str):
        self.append(line)

    def __contains__(self, words: str):
        return any(words in line for line in self)


def opened(address, model, notes=None) -> Pushing:
    there = Server(address + "/", LEGACY)
    return Pushing(there, there.project("3"), model, Told() if notes is None else notes)


def push(address, model, documents=REPORTS, notes=None) -> tuple:
    """How many were new, got a prediction, were there, and were left."""
    one = opened(address, model, notes)
    for batch in batches(documents):
        one.push(batch)
    return dataclasses.astuple(one.pushed)


# --- what is sent ---


def test_a_task_holds_the_report_and_a_prediction_over_its_words(studio, address, model):
    assert push(address, model) == (len(REPORTS), 0, 0, 0)
    for row in studio.rows.values():
        data, [prediction] = row["data"], row["predictions"]
        assert data == {"text": TEXTS[data["doc_id"]], "doc_id": data["doc_id"], "report_date": ""}
        assert prediction["model_version"] == model.version
        for result in prediction["result"]:
            if result["type"] == "labels":
                value = result["value"]
                assert data["text"][value["start"] : value["end"]] == value["text"]
        scores = [r["score"] for r in prediction["result"] if r["type"] == "labels"]
        assert prediction["score"] == min(scores, default=1.0)


def test_a_score_of_the_callers_takes_the_place_of_ours(studio, address, model):
    there = Server(address + "/", LEGACY)
    scores = {document.id: i / 100 for i, document in enumerate(REPORTS)}
    Pushing(there, there.project("3"), model, Told(), scores).push(REPORTS)
    assert scored(studio) == scores


def scored(studio) -> dict[str, float]:
    return {row["data"]["doc_id"]: row["predictions"][0]["score"] for row in studio.rows.values()}


def test_what_is_there_gets_the_callers_score_too_and_only_this_models_prediction(
    studio, address, model, newer
):
    push(address, model)
    push(address, newer)
    before, there = scored(studio), Server(address + "/", LEGACY)
    again = Pushing(there, there.project("3"), newer, Told(), dict.fromkeys(TEXTS, 0.25))
    again.push(REPORTS)
    assert (again.pushed.there, again.scored) == (len(REPORTS), len(REPORTS))
    assert scored(studio) == before
    assert {row["predictions"][1]["score"] for row in studio.rows.values()} == {0.25}
    asked = len(studio.asked)
    again.push(REPORTS)
    assert again.scored == len(REPORTS) and not any("predictions" in path for path, _ in studio.asked[asked:])


def test_what_is_annotated_is_known_by_its_id_and_its_text(studio, address, model):
    push(address, model)
    ids = {row["data"]["doc_id"]: id for id, row in studio.rows.items()}
    studio.annotate(ids["plain"], {"result": []})
    studio.annotate(ids["crlf"], {"result": [], "was_cancelled": True})
    studio.annotate(ids["emoji"], {"result": []})
    other = Document("emoji", "Another text.")
    one = opened(address, model)
    assert one.annotated([*REPORTS[:2], other]) == {"plain"}
    for _ in range(150):
        studio.annotate(studio.make({"text": TEXTS["plain"], "doc_id": "plain"}), {"result": []})
    studio.annotate(studio.make({"text": TEXTS["nothing"], "doc_id": "nothing"}), {"result": []})
    assert one.annotated(REPORTS) == {"plain", "emoji", "nothing"}


def test_a_rows_other_columns_travel_and_none_takes_the_place_of_ours(studio, address, model, tmp_path):
    """A column named like a key of ours would replace the report's own text."""
    row = {
        "body": "Red Column killed five.",
        "text": "a teaser",
        "id": 7,
        "doc_id": "x",
        "site": None,
        "n": [1],
    }
    (tmp_path / "news.jsonl").write_text(json.dumps(row | {"date": "2023-07-01"}))
    [source] = find([str(tmp_path / "news.jsonl")], print)
    [document] = read(source, Columns(text="body"), print)
    assert push(address, model, [document]) == (1, 0, 0, 0)
    [stored] = studio.rows.values()
    assert stored["data"] == {
        "text": "Red Column killed five.",
        "doc_id": "7",
        "report_date": "2023-07-01",
        "text (of the report)": "a teaser",
        "doc_id (of the report)": "x",
        "site": None,
        "n": [1],
    }


def test_a_date_that_was_read_from_the_text_is_not_given_out_as_known(studio, address, model):
    text = "12 June 2023. Red Column killed five."
    push(address, model, [Document("a", text), Document("b", text, day("2023-07-01"), "data")])
    assert [row["data"]["report_date"] for row in studio.rows.values()] == ["", "2023-07-01"]


def test_names_are_those_of_the_projects_own_configuration(studio, address, model):
    studio.projects[3]["label_config"] = RENAMED.replace('<Relation value="includes"/>', "")
    told = Told()
    assert push(address, model, REPORTS[:1], told) == (1, 0, 0, 0)
    [row] = studio.rows.values()
    assert row["data"]["report"] == TEXTS["plain"]
    assert {r["from_name"] for r in row["predictions"][0]["result"] if r["type"] == "labels"} == {"marks"}
    assert told.count("project 3 has no Relation includes: not predicted there") == 1
    assert push(address, model, REPORTS[:1]) == (0, 0, 1, 0)


def test_a_project_without_a_place_for_spans_is_refused_before_anything_is_sent(studio, address, model):
    studio.projects[3]["label_config"] = WITHOUT_LABELS
    with pytest.raises(InputError, match="Labels"):
        push(address, model)
    assert not studio.rows


# --- nothing twice ---


def test_a_second_push_changes_nothing(studio, address, model):
    push(address, model)
    before = studio.stored()
    asked = len(studio.asked)
    assert push(address, model) == (0, 0, len(REPORTS), 0)
    assert studio.stored() == before
    assert not [path for path, _ in studio.asked[asked:] if "import" in path]


def test_another_model_adds_its_prediction_to_the_same_tasks(studio, address, model, newer):
    push(address, model)
    assert push(address, newer) == (0, len(REPORTS), 0, 0)
    assert len(studio.rows) == len(REPORTS)
    for row in studio.rows.values():
        assert [p["model_version"] for p in row["predictions"]] == [model.version, newer.version]


def test_a_task_keeps_what_it_holds_beside_its_text(studio, address, model):
    held = {"text": TEXTS["plain"], "doc_id": "plain", "report_date": "2023-07-01", "site": "there"}
    id = studio.make(held)
    assert push(address, model, REPORTS[:1]) == (0, 1, 0, 0)
    assert studio.rows[id]["data"] == held and len(studio.rows[id]["predictions"]) == 1


def test_every_task_of_a_report_gets_the_prediction_however_many_there_are(studio, address, model):
    for _ in range(150):
        studio.make({"text": TEXTS["plain"], "doc_id": "plain"})
    assert push(address, model, REPORTS[:1]) == (0, 1, 0, 0)
    assert {len(row["predictions"]) for row in studio.rows.values()} == {1}


def test_a_task_with_another_text_is_named_and_left(studio, address, model):
    id = studio.make({"text": "An older version.", "doc_id": "plain"})
    told = Told()
    assert push(address, model, notes=told) == (len(REPORTS) - 1, 0, 0, 1)
    assert f"error: plain: task {id} has this doc_id and another text" in told
    assert studio.rows[id]["data"]["text"] == "An older version." and not studio.rows[id]["predictions"]


def test_one_id_with_two_texts_makes_one_task_and_is_told(studio, address, model):
    told = Told()
    twice = [Document("a", "Red Column killed five."), Document("a", "Red Column killed three.")]
    assert push(address, model, [*twice, twice[0]], told) == (1, 0, 1, 1)
    assert "error: a: task" in told


def test_ids_that_look_like_parts_of_an_address_are_found_again(studio, address, model):
    names = ["a%20b", "a b", "100%", "a&b=c#d", 'q"uote', "تقرير/ 😀", "back\\slash", "x" * 300]
    documents = [Document(name, f"Red Column killed five in {i}.") for i, name in enumerate(names)]
    assert push(address, model, documents) == (len(names), 0, 0, 0)
    assert push(address, model, documents) == (0, 0, len(names), 0)
    assert {row["data"]["doc_id"] for row in studio.rows.values()} == set(names)


# --- what goes wrong ---


@pytest.mark.parametrize("document, told", [
    (Document("a", " \r\n "), "a: has no words"),
    (Document("a", "https://example.org/report"), "a: data.text is the address"),
    (Document(" ", "Red Column killed five."), " : its id is white space"),
    (Document("a", "Red\0Column killed five."), "a: holds a NUL character"),
    (Document("a\0", "Red Column killed five."), "a\0: holds a NUL character"),
], ids=["empty", "address", "name", "nul", "nul in the name"])  # fmt: skip
def test_what_makes_no_task_is_named_and_the_others_go(studio, address, model, document, told):
    notes = Told()
    assert push(address, model, [document, REPORTS[0]], notes) == (1, 0, 0, 1)
    assert f"error: {told}" in notes


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("how", ["cut", 502, "text"])
def test_an_answer_that_is_lost_makes_no_task_twice(studio, address, model, how, times):
    studio.fail["/import"] = [how] * times
    assert push(address, model) == (len(REPORTS), 0, 0, 0)
    assert len(studio.rows) == len(REPORTS)


@pytest.mark.parametrize("how", ["cut", 502])
def test_an_answer_that_is_lost_makes_no_prediction_twice(studio, address, model, newer, how):
    push(address, model)
    studio.fail["/import/predictions"] = [how]
    assert push(address, newer) == (0, len(REPORTS), 0, 0)
    assert {len(row["predictions"]) for row in studio.rows.values()} == {2}


def test_what_was_refused_for_a_while_is_sent_again(studio, address, model):
    studio.refuse["/import"] = [503, 500]
    assert push(address, model) == (len(REPORTS), 0, 0, 0)
    studio.refuse["/import"] = [400] * 9
    with pytest.raises(InputError, match="400 while making 1 tasks .Not now."):
        push(address, model, [Document("new", "Red Column killed five.")])
    assert len(studio.refuse["/import"]) == 9 - pushing.TRIES


def test_a_task_that_is_deleted_meanwhile_is_made_anew_and_costs_no_other_its_prediction(
    studio, address, model, newer
):
    push(address, model)
    studio.fail["/import/predictions"] = [lambda: studio.rows.pop(next(iter(studio.rows))) and None]
    assert push(address, newer) == (0, len(REPORTS), 0, 0)
    assert sorted(row["data"]["doc_id"] for row in studio.rows.values()) == sorted(TEXTS)
    assert {row["predictions"][-1]["model_version"] for row in studio.rows.values()} == {newer.version}
    assert sum(len(row["predictions"]) for row in studio.rows.values()) == 2 * len(REPORTS) - 1


def test_tasks_that_a_dying_server_left_without_predictions_get_theirs(studio, address, model):
    for document in REPORTS[:3]:
        studio.make({"text": document.text, "doc_id": document.id, "report_date": ""})
    assert push(address, model) == (len(REPORTS) - 3, 3, 0, 0)
    assert {len(row["predictions"]) for row in studio.rows.values()} == {1}


@pytest.mark.parametrize("batch", range(4))
def test_a_push_that_broke_off_and_is_repeated_ends_the_same(studio, address, model, batch, monkeypatch):
    monkeypatch.setattr(pushing, "BATCH", 2)
    whole = Pushable()
    with serving(whole) as elsewhere:
        push(elsewhere, model)
    paths = 0

    def die():
        nonlocal paths
        paths += 1
        if paths > batch:
            studio.refuse["api"] = [503] * 99
        return None

    studio.fail["/import"] = [die] * 9
    with pytest.raises(InputError):
        push(address, model)
    studio.refuse.clear()
    studio.fail.clear()
    assert sum(push(address, model)) == len(REPORTS)
    assert studio.stored() == whole.stored()


def test_what_the_server_stored_otherwise_is_named(studio, address, model):
    def shift():
        make = studio.make

        def moved(data, prediction):
            value = prediction["result"][0]["value"]
            return make(
                data, prediction | {"result": [prediction["result"][0] | {"value": value | {"start": 0}}]}
            )

        studio.make = moved

    studio.fail["/import"] = [shift]
    told = Told()
    assert push(address, model, REPORTS[1:2], told) == (0, 0, 0, 1)
    assert "error: crlf: task 100: not stored as it was sent: " in told


@pytest.mark.parametrize("change, told", [
    (lambda data, result: data.update(text=data["text"].replace("\r\n", "\n")), "text; delete the task"),
    (lambda data, result: data.pop("report_date"), "report_date; delete the task"),
    (lambda data, result: result[0]["value"].update(start=0), "labels of 'A1'; delete the prediction"),
    (lambda data, result: result[0]["value"].update(text="Red"), "labels of 'A1'; delete the prediction"),
    (lambda data, result: result[0].update(from_name="other"), "labels of 'A1'; delete the prediction"),
    (lambda data, result: result.pop(), "7 results, 6 are there"),
], ids=["line ends", "date", "offset", "words", "name", "result"])  # fmt: skip
def test_each_thing_that_is_stored_otherwise_is_named(studio, address, model, change, told):
    make = studio.make

    def made(data, prediction):
        change(data, prediction["result"])
        return make(data, prediction)

    studio.make = made
    notes = Told()
    assert push(address, model, REPORTS[1:2], notes) == (0, 0, 0, 1)
    assert f"error: crlf: task 100: not stored as it was sent: {told}" in notes


def test_regions_over_other_words_than_they_say_are_named_whoever_is_to_blame(studio, address, model):
    class Shifting(Pushing):
        def _written(self, document):
            task = super()._written(document)
            task["predictions"][0]["result"][0]["value"]["start"] -= 1
            return task

    there, told = Server(address + "/", LEGACY), Told()
    Shifting(there, there.project("3"), model, told).push(REPORTS[1:2])
    assert "error: crlf: task 100: not stored as it was sent: labels of 'A1'" in told


def test_a_server_that_shows_a_task_twice_is_told_of(studio, address, model):
    make = studio.make
    studio.make = lambda *made: (make(*made), make(*made))
    told = Told()
    assert push(address, model, REPORTS[:1], told) == (0, 0, 0, 1)
    assert "error: plain: is in the project 2 times (tasks 100, 107)" in told


def test_a_server_that_does_not_show_what_it_took_is_told_of(studio, address, model):
    studio.make = lambda *made: None
    with pytest.raises(InputError, match="took 1 reports, but does not show all of them"):
        push(address, model, REPORTS[:1])


# --- batches ---


def test_batches_are_small_in_number_text_and_names_and_hold_an_id_once():
    some = [Document(str(i), "x") for i in range(120)]
    assert [len(batch) for batch in batches(some)] == [50, 50, 20]
    long = [Document(str(i), "x" * 900_000) for i in range(5)]
    assert [len(batch) for batch in batches(long)] == [2, 2, 1]
    names = [Document(f"{i}" + "é" * 100, "x") for i in range(5)]
    assert [len(batch) for batch in batches(names)] == [2, 2, 1]
    again = [Document(name, "x") for name in "abca"]
    assert [[document.id for document in batch] for batch in batches(again)] == [["a", "b", "c"], ["a"]]
    assert list(batches([])) == []


def test_addresses_stay_short_whatever_the_ids(studio, address, model):
    documents = [Document(f"{'تقرير' * 8} {i}", "Red Column killed five.") for i in range(30)]
    push(address, model, documents)
    lengths = [
        len(str(httpx.URL("http://host", params=query))) for path, query in studio.asked if "tasks" in path
    ]
    assert max(lengths) < 4_000


def test_a_long_input_is_not_held_in_memory(tmp_path):
    """Batches are made of documents one at a time."""
    file = Path(tmp_path / "many.jsonl")
    with file.open("w") as lines:
        for i in range(20_000):
            lines.write(json.dumps({"id": i, "text": f"{i} " + "word " * 400}) + "\n")
    [source] = find([str(file)], print)
    tracemalloc.start()
    count = sum(len(batch) for batch in batches(read(source, Columns(), print)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000 and peak < file.stat().st_size / 5
