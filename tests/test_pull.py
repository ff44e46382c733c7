"""`python -m annotations pull`: what of a project is written, however often the pull was stopped."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import small_label_studio as small
from annotated import reports, task
from conftest import ROOT
from small_label_studio import annotated

from annotations import gold, labelstudio, server
from annotations.__main__ import main

DEAD = task("{L1 Dun} fell. {C1 A guard} died.", events="C1 incident", spans="L1 none / C1 killed civilian 1")


def named(name: str, made=DEAD):
    return dataclasses.replace(made, data=made.data | {"doc_id": name})


@pytest.fixture
def studio():
    """Five reports that somebody annotated, with all kinds of characters, and two more."""
    studio = small.LabelStudio()
    for made in (*reports(), named("seven"), named("eight")):
        studio.add(made.data, annotated(made))
    return studio


@pytest.fixture
def address(studio):
    with small.serving(studio) as url:
        yield url


@pytest.fixture
def pull(address, tmp_path, monkeypatch, capsys):
    """`pull(*arguments)` into export.json → exit code, lines of output, lines of errors."""
    monkeypatch.setenv(server.TOKEN, small.LEGACY)
    monkeypatch.setattr(server, "PAUSES", (0.01, 0.02, 0.03))

    def call(*arguments: str, out: str = "export.json"):
        code = main(["pull", "--url", address, "--project", "3", "-o", str(tmp_path / out), *arguments])
        said = capsys.readouterr()
        assert small.LEGACY not in said.out + said.err
        return code, said.out.splitlines(), said.err.splitlines()

    return call


@pytest.fixture
def written(tmp_path):
    return lambda out="export.json": json.loads((tmp_path / out).read_text(encoding="utf-8"))


def names(tasks: list[dict]) -> list[str]:
    return [task["data"]["doc_id"] for task in tasks]


def cursors(studio) -> list[tuple[int, bool]]:
    """After which id each page of annotated tasks was asked for, and whether with all that is in them."""
    found = []
    for path, query in studio.asked:
        for each in json.loads(query["query"])["filters"]["items"] if path == "api/tasks/" else ():
            if each["filter"] == "filter:tasks:id" and each["operator"] == "greater":
                found.append((each["value"], query["fields"] == "all"))
    return found


# What is written


def test_what_was_annotated_is_written_whole_and_can_be_imported(pull, studio, tmp_path, written, capsys):
    code, out, err = pull()
    assert (code, out) == (0, [])
    assert [t["id"] for t in written()] == sorted(studio.rows)
    assert [t["data"] for t in written()] == [row["data"] for row in studio.rows.values()]
    assert [labelstudio.read_task(raw) for raw in written()][:5] == [(made, []) for made in reports()]
    lines = (tmp_path / "export.json").read_text(encoding="utf-8").split("\n")
    assert (lines[0], lines[-2:], len(lines)) == ("[", ["]", ""], 7 + 3), "a task a line"
    assert (
        main(["import", str(tmp_path / "export.json"), "--split", "train", "--data", str(tmp_path / "c")])
        == 0
    )
    assert {made.id for made in gold.load("train", tmp_path / "c")} == set(names(written()))


def test_nothing_is_left_beside_the_output(pull, tmp_path):
    pull()
    assert [path.name for path in tmp_path.iterdir()] == ["export.json"]


def test_a_project_without_annotations_is_an_empty_file(pull, studio, written):
    studio.rows.clear()
    assert pull()[0] == 0 and written() == []


def test_only_finished_annotations_count_and_the_others_are_told(pull, studio, written):
    """Skipped ones, drafts and tasks that nobody touched would be learned from as if nothing were in them."""
    skipped, finished = annotated(DEAD, was_cancelled=True), annotated(named("x"))
    studio.add({"doc_id": "a", "text": "a"})
    studio.add({"doc_id": "b", "text": "b"})
    studio.add({"doc_id": "c", "text": "c"}, drafts=1)
    studio.add(named("d").data, skipped)
    studio.add(named("e").data, skipped, finished, drafts=2)
    stale = studio.add(named("f").data, skipped)
    studio.rows[stale]["total_annotations"] = 1  # as the server leaves it where one was skipped later
    code, out, err = pull()
    assert code == 0 and names(written())[-2:] == ["eight", "e"]
    assert out == ["e: note: skipped annotation left out"]
    assert err[-3:] == [
        f"pull: {Path(err[-3][6:].split(': ')[0])}: 8 tasks, 0 repaired",
        "pull: tasks left out: 2 skipped, 1 with only a draft, 2 unlabelled",
        "pull: left out beside finished annotations: 1 skipped annotations, 1 drafts",
    ]


def test_broken_tasks_are_named_and_left_out_and_the_others_written(pull, studio, written):
    cut = annotated(named("cut"))
    cut["result"][0]["value"] |= {"end": 2, "text": "Du"}
    loose = annotated(named("loose"))
    loose["result"] = [each for each in loose["result"] if each.get("from_name") != "event"]
    studio.add(named("cut").data, cut)
    studio.add(named("loose").data, loose)
    code, out, err = pull()
    assert code == 1 and names(written()) == [*(made.id for made in reports()), "seven", "eight", "cut"]
    assert out == [
        "cut [0, 3): repair: region L1: 'Du' set to whole words, 'Dun'",
        "loose [10, 17): error: C1 'A guard' belongs to no event; make it an anchor, "
        "link it from one (casualty) or from its total (includes), or let it repeat another",
    ]
    assert "8 tasks, 1 repaired" in err[-3] and err[-2].startswith(
        "pull: 1 broken tasks, named above, are not in it"
    )


def test_fields_that_training_data_may_leave_empty_are_not_missed(pull, studio, written):
    bare = task("{L1 Dun} fell.", spans="L1 none")
    studio.add(named("bare").data, {"result": annotated(bare)["result"][:1]})
    assert pull()[:2] == (0, []) and len(written()) == 8


def test_what_no_file_can_hold_is_broken(pull, studio, written):
    studio.add(named("half").data | {"title": "a \ud83d b"}, annotated(DEAD))
    code, out, _ = pull()
    assert code == 1 and len(written()) == 7
    assert [line.split(",")[0] for line in out] == ["half: error: holds half a character (a lone surrogate)"]


def test_a_task_without_a_name_has_one_from_its_id(pull, studio, written):
    """A name is what tells reports apart, in the corpus and between two pulls."""
    bare = {"text": DEAD.text, "source": "wire"}
    ids = [studio.add(bare | more, annotated(DEAD)) for more in ({}, {"doc_id": None}, {"doc_id": " "})]
    studio.add(bare | {"doc_id": 17}, annotated(DEAD))
    code, _, err = pull()
    assert code == 0 and names(written())[7:] == [*(f"task-{id}" for id in ids), "17"]
    assert all(each["data"]["source"] == "wire" for each in written()[7:])
    assert err[-2].endswith("11 tasks, 0 repaired, 3 named task-ID")


def test_two_tasks_of_one_name_are_an_error_in_the_later_one(pull, studio, written):
    first = studio.add({"text": DEAD.text}, annotated(DEAD))
    second = studio.add(DEAD.data | {"doc_id": f"task-{first}"}, annotated(DEAD))
    code, out, _ = pull()
    assert code == 1 and [t["id"] for t in written()][-1] == first
    assert out == [
        f"task-{first}: error: task {second} has the doc_id of task {first}; delete one, or rename it"
    ]


@pytest.mark.parametrize("doc_id", [["a"], 1.5, True])
def test_a_name_that_is_none_is_an_error(pull, studio, doc_id):
    studio.add(DEAD.data | {"doc_id": doc_id}, annotated(DEAD))
    code, out, _ = pull()
    assert code == 1 and out == [
        f"{doc_id}: error: data has no doc_id; give every task a name of its own, as text"
    ]


# Several annotators


@pytest.mark.parametrize(
    "arguments, gold, taken",
    [((), None, 3), (("--prefer", "1"), None, 1), (("--prefer", "Two@example.org"), None, 2), ((), 1, 1)]
    + [(("--prefer", "2"), 1, 1), (("--prefer", "9"), None, 3)],
)
def test_of_several_annotators_ground_truth_the_preferred_or_the_latest_is_taken(
    pull, studio, written, arguments, gold, taken
):
    versions = [task("{L1 Dun} fell.", spans=f"L1 {code}") for code in ("none", "SY", "IQ", "FR")]
    made = [annotated(v, completed_by=n, ground_truth=n == gold) for n, v in enumerate(versions)]
    studio.add(versions[0].data, *made[1:])
    code, out, err = pull(*arguments)
    [region] = labelstudio.read_task(written()[-1])[0].regions
    assert region.value == ("SY", "IQ", "FR")[taken - 1]
    assert out[0].startswith("t-1: note: 3 annotations; took ")
    told = [line for line in err if "none of the annotations" in line]
    missed = ["pull: none of the annotations is by user 9, who is preferred"]
    assert told == (missed if arguments == ("--prefer", "9") else [])


def test_an_unknown_address_is_told_before_anything_is_pulled(pull, studio, tmp_path):
    code, _, err = pull("--prefer", "nobody@example.org")
    assert code == 2 and "no user has the e-mail address nobody@example.org" in err[-1]
    assert list(tmp_path.iterdir()) == []


def test_agreement_is_reported_where_several_annotated(pull, studio):
    """Two on one report that differ in a value, three on another that all say the same."""
    one, other = (task("{L1 Dun} fell.", spans=f"L1 {code}") for code in ("SY", "IQ"))
    studio.add(one.data, annotated(one, completed_by=1), annotated(other, completed_by=2))
    studio.add(named("nine").data, *(annotated(DEAD, completed_by=n) for n in (1, 2, 3)))
    code, out, _ = pull()
    assert code == 0
    table = out[2:]
    assert table[:4] == [
        "A and B        reports  spans F1  slots F1",
        "users 1 and 2        2     100.0     100.0",
        "users 1 and 3        1     100.0     100.0",
        "users 2 and 3        1     100.0     100.0",
    ]
    assert ["value", "85.7", "6", "1"] in [line.split() for line in table]


def test_a_broken_version_is_told_and_not_compared(pull, studio):
    loose = annotated(DEAD, completed_by=1)
    loose["result"] = [each for each in loose["result"] if each.get("from_name") != "event"]
    studio.add(named("nine").data, loose, annotated(DEAD, completed_by=2))
    code, out, _ = pull()
    assert code == 0 and len(out) == 2
    assert out[1].startswith(
        "nine: note: user 1's annotation is not compared: C1 'A guard' belongs to no event"
    )


def test_two_annotations_of_one_user_are_no_agreement(pull, studio):
    studio.add(named("nine").data, annotated(DEAD), annotated(DEAD))
    assert len(pull()[1]) == 1


# Projects with another interface


def test_a_project_with_its_own_names_is_read_through_them(pull, studio, written):
    config = small.CONFIG
    for theirs in ('name="label"', 'whenTagName="label"', 'name="outcome"', 'name="value"', 'name="event"'):
        config = config.replace(theirs, theirs.replace('="', '="my-'))
    config = config.replace('value="$text"', 'value="$body"').replace('<Relation value="repeats"/>', "")
    config = config.replace("<Text ", '<Rating name="quality" toName="text"/><Text ')
    config = config.replace('<Label value="PERIOD"', '<Label value="WEAPON"/><Label value="PERIOD"')
    studio.projects[3]["label_config"] = config
    for row in studio.rows.values():
        row["data"] = {"body" if key == "text" else key: value for key, value in row["data"].items()}
        for result in row["annotations"][0]["result"]:
            if result.get("from_name") in ("label", "outcome", "value", "event"):
                result["from_name"] = f"my-{result['from_name']}"
    code, out, err = pull()
    assert (code, out) == (0, [])
    assert err[:3] == [
        "pull: project 3 has no Relation repeats: none of its annotations can say that",
        "pull: project 3 has labels that are none of ours, left out: WEAPON",
        "pull: project 3 has controls that are none of ours, left out: quality",
    ]
    for made, raw in zip(reports(), written(), strict=False):
        read, findings = labelstudio.read_task(raw)
        assert findings == [] and read.data == made.data | {"body": made.text}
        assert (read.regions, read.relations) == (made.regions, made.relations)


def test_annotators_of_such_a_project_are_compared_through_its_names(pull, studio):
    studio.projects[3]["label_config"] = small.CONFIG.replace('name="outcome"', 'name="fate"')
    made = [annotated(DEAD, completed_by=n) for n in (1, 2)]
    for each in made:
        each["result"] = [
            r | {"from_name": "fate"} if r.get("from_name") == "outcome" else r for r in each["result"]
        ]
    studio.rows.clear()
    studio.add(DEAD.data, *made)
    code, out, _ = pull()
    assert code == 0 and out[0].startswith("t-1: note: 2 annotations; took the latest")
    assert out[2] == "users 1 and 2        1     100.0     100.0"


def test_a_text_beside_the_annotated_one_is_an_error(pull, studio, written):
    studio.projects[3]["label_config"] = small.CONFIG.replace('value="$text"', 'value="$body"')
    first, second, *_ = studio.rows.values()
    first["data"]["body"] = "Another."
    second["data"]["body"] = second["data"]["text"]
    code, out, _ = pull()
    assert code == 1 and names(written()) == ["trip-002"], "the same text twice is none beside it"
    assert (
        out[0] == "trip-001: error: data has another text beside body, which is what is annotated; rename it"
    )
    assert "seven: error: data has no text; the labelling interface reads data.body" in out


def test_a_project_of_another_kind_is_refused(pull, studio, tmp_path):
    studio.projects[3]["label_config"] = (
        '<View><Image name="i" value="$i"/><Choices name="c" toName="i"/></View>'
    )
    code, _, err = pull()
    assert (code, len(err)) == (2, 1) and "marks no Text with Labels (its controls: Choices)" in err[0]
    assert list(tmp_path.iterdir()) == []


# Pages, and pulls that were stopped


def test_pages_follow_each_other_by_id(pull, studio):
    """And then, once more, what may have changed while they came."""
    pull("--page-size", "3")
    ids = sorted(studio.rows)
    assert cursors(studio) == [(0, True), (ids[2], True), (ids[5], True), (0, True)]


def test_what_is_deleted_between_two_pages_moves_no_other(pull, studio, written):
    first = min(studio.rows)
    studio.fail["tasks"] = [None, None, lambda: studio.rows.pop(first) and None]
    code, _, err = pull("--page-size", "2")
    assert code == 0 and [t["id"] for t in written()] == sorted(studio.rows)
    assert any("1 tasks are no longer there" in line for line in err)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_pull_goes_on_where_it_was(pull, studio, address, tmp_path, how):
    assert pull(out="whole.json")[0] == 0
    reached = threading.Event()
    studio.fail["tasks"] = [None, None, None, lambda: reached.set() or "slow"]
    command = [
        sys.executable,
        "-m",
        "annotations",
        "pull",
        "--url",
        address,
        "--project",
        "3",
        "--page-size",
        "2",
    ]
    environment = os.environ | {server.TOKEN: small.LEGACY}
    with subprocess.Popen(
        [*command, "-o", str(tmp_path / "export.json")],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run may ignore it
    ) as process:
        assert reached.wait(60)
        process.send_signal(how)
        _, err = process.communicate(timeout=60)
    studio.patience.set()
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
    assert (b"export.json.pull: type the same again to go on" in err) == (how == signal.SIGINT)
    assert not (tmp_path / "export.json").exists()
    studio.asked.clear()
    code, _, err = pull("--page-size", "2")
    assert code == 0 and err[0].endswith("export.json.pull: goes on after 4 tasks")
    assert cursors(studio)[0] == (sorted(studio.rows)[3], True), "no page is pulled twice"
    assert (tmp_path / "export.json").read_bytes() == (tmp_path / "whole.json").read_bytes()


def test_what_changed_before_a_pull_went_on_is_as_an_uninterrupted_one_has_it(
    pull, studio, tmp_path, written
):
    """Annotated anew, deleted, skipped, annotated for the first time: all before the page it stopped at."""
    untouched = studio.add(named("nine").data)
    ids = sorted(studio.rows)
    studio.fail["tasks"] = [None, None, None, 500]
    assert pull("--page-size", "3")[0] == 2
    new = task("{L1 Dun} fell.", spans="L1 SY")
    studio.annotate(ids[0], annotated(new))
    studio.rows[ids[0]]["data"] = named("anew", new).data
    del studio.rows[ids[1]]
    studio.annotate(ids[2], annotated(DEAD, was_cancelled=True))
    studio.annotate(untouched, annotated(DEAD))
    late = studio.add(named("ten").data, annotated(DEAD))
    code, _, err = pull("--page-size", "3")
    assert code == 0 and [t["id"] for t in written()] == [ids[0], *ids[3:7], untouched, late]
    assert names(written())[0] == "anew"
    assert "pull: 1 tasks were changed meanwhile, and are pulled anew" in err
    assert "pull: 2 tasks are no longer there, or no longer annotated, and are dropped" in err
    assert pull(out="whole.json")[0] == 0 and written("whole.json") == written()


def test_a_change_that_began_before_the_pull_and_ended_after_its_page_is_not_missed(pull, studio, written):
    """Its time stamp is older than what the server told when the pull began."""
    first, *_, last = sorted(studio.rows)
    before = datetime.fromisoformat(studio.rows[last]["updated_at"]) - timedelta(seconds=20)

    def annotate():
        studio.annotate(first, annotated(named("x")))
        studio.rows[first] |= {"data": named("new").data, "updated_at": before.isoformat()}

    studio.fail["tasks"] = [None, None, annotate]
    assert pull("--page-size", "3")[0] == 0 and names(written())[0] == "new"


def test_a_task_that_is_annotated_without_being_told_as_changed_is_found_by_the_count(pull, studio, written):
    quiet = studio.add(named("nine").data)

    def annotate():
        before = studio.rows[quiet]["updated_at"]
        studio.annotate(quiet, annotated(DEAD))
        studio.rows[quiet]["updated_at"] = before

    studio._now += 24 * (studio._now - small.START)
    studio.add(named("ten").data, annotated(DEAD))
    studio.fail["tasks"] = [None] * 5 + [annotate]
    assert pull("--page-size", "3")[0] == 0
    assert [t["id"] for t in written()] == sorted(studio.rows)


def test_where_nobody_reads_what_is_found_nothing_is_written_and_nothing_lost(
    pull, studio, address, tmp_path
):
    """As in `… pull … | head`."""
    studio.add({"text": "Dun fell.", "doc_id": 5.0}, {"result": []})
    command = [sys.executable, "-m", "annotations", "pull", "--url", address, "--project", "3"]
    out = ["-o", str(tmp_path / "export.json")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment |= {server.TOKEN: small.LEGACY}
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*command, *out], cwd=ROOT, env=environment, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.returncode == 1 and b"Error" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["export.json.pull"]


def test_a_server_that_dies_half_way_is_told_with_how_to_go_on(pull, studio, tmp_path, written):
    (tmp_path / "export.json").write_text("before")
    studio.fail["tasks"] = [None, None, None, *(["cut"] * 4)]
    code, _, err = pull("--page-size", "3")
    assert code == 2 and "the connection was lost while reading tasks" in err[-1]
    assert err[-1].endswith(
        "6 tasks are kept in " + str(tmp_path / "export.json.pull: type the same again to go on")
    )
    assert (tmp_path / "export.json").read_text() == "before", "nothing is written before all is there"
    assert pull()[0] == 0 and len(written()) == 7


def test_a_page_that_was_cut_is_asked_for_again(pull, studio, written):
    studio.fail["tasks"] = [None, "cut", 503]
    code, _, err = pull()
    assert code == 0 and len(written()) == 7 and sum("again in" in line for line in err) == 2


def test_another_pull_into_the_same_file_is_refused_and_may_be_begun_anew(pull, studio, written):
    studio.fail["tasks"] = [None, None, 500]
    assert pull("--page-size", "3", "--prefer", "2")[0] == 2
    code, _, err = pull()
    assert code == 2 and "go on with it (--prefer 2), or add --anew to drop it" in err[-1]
    assert pull("--anew")[0] == 0 and len(written()) == 7
    studio.fail["tasks"] = [None, None, 500]
    assert pull("--page-size", "3", "--prefer", "two@example.org")[0] == 2
    assert pull("--prefer", "2")[0] == 0


def test_a_server_that_does_not_filter_is_refused_and_not_asked_for_ever(pull, studio, address):
    """Old ones ignore the query: each page would be the first."""
    page = studio.page({"project": 3, "page_size": 2, "fields": "all", "query": json.dumps(EVERYTHING)})[1]
    studio.fail["tasks"] = [None, page, page]
    code, _, err = pull("--page-size", "2")
    assert code == 2 and "gives tasks in another order than asked for" in err[-1]


EVERYTHING = {"filters": {"items": []}, "ordering": ["tasks:id"]}


# What to type


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--project", "4"), "there is no project '4'; the token's owner sees 3 (Reports)"),
        (("--page-size", "0"), "--page-size 0: needs 1 or more"),
        (("-o", "."), "is a folder; name a file with -o"),
        (("-o", str(gold.path("dev"))), "is one of the inputs and would be overwritten; name another file"),
        (("-o", "absent/export.json"), "there is no folder absent"),
        (("--url", "nowhere"), "--url nowhere: is no address of Label Studio"),
    ],
)
def test_bad_input_is_one_line_and_2(pull, tmp_path, arguments, said):
    code, out, err = pull(*arguments)
    assert (code, out, len(err)) == (2, [], 1) and said in err[0]
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_one_line(pull, tmp_path):
    (tmp_path / "export.json.pull").mkdir()
    code, _, err = pull()
    assert (code, len(err)) == (2, 1) and "export.json.pull: Is a directory; see to it" in err[0]
