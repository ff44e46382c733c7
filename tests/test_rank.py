"""The rank command: the order it prints, what it leaves out, and the queue that it makes in Label Studio."""

import csv
import io
import json

import pytest
import tiny_checkpoint
from interfaces import WITHOUT_LABELS
from pushable_label_studio import Pushable, serving
from small_label_studio import LEGACY

from annotations import pushing, rank, server
from annotations.__main__ import main

SURENESS = {"sure": 0.9, "five": 0.5, "Homs": 0.6, "two": 0.7, "Red": 0.8, "UNK": 0.99}
TEXTS = {"five": "five", "homs": "Homs", "two": "two", "red": "Red"}  # the least sure first


@pytest.fixture
def studio():
    return Pushable()


@pytest.fixture
def address(studio, monkeypatch):
    monkeypatch.setattr(server, "PAUSES", (0.01,))
    monkeypatch.setattr(pushing, "PAUSES", (0.01,))
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", LEGACY)
    with serving(studio) as found:
        monkeypatch.setenv("LABEL_STUDIO_URL", found)
        yield found


@pytest.fixture
def run(tmp_path, capsys):
    """`run(paths, *options)`: the exit code, standard output, standard error; by spans unless told."""
    model = ["--model", str(tiny_checkpoint.write(tmp_path / "model", **SURENESS))]

    def command(paths, *options, by="spans"):
        given = [str(path) for path in (paths if isinstance(paths, list) else [paths])]
        given += ["--by", by] if by else []
        code = main(["rank", *given, *model, *map(str, options)])
        out, err = capsys.readouterr()
        assert LEGACY not in out + err and "Traceback" not in err
        return code, out, err

    return command


def reports(folder, texts=TEXTS):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def queue(out: str) -> list[dict]:
    return [*csv.DictReader(io.StringIO(out))]


def ids(out: str) -> list[str]:
    return [row["id"].removesuffix(".txt") for row in queue(out)]


def by_score(studio) -> list[str]:
    """What Label Studio shows when sorted by the prediction score: that of the model that is shown."""
    shown = studio.projects[3]["model_version"]
    found = [
        (one["score"], row["data"]["doc_id"].removesuffix(".txt"))
        for row in studio.rows.values()
        for one in row["predictions"]
        if one["model_version"] == shown
    ]
    return [name for _, name in sorted(found)]


# --- the queue ---


def test_the_least_sure_report_stands_first_with_its_place_and_its_sureness(run, tmp_path):
    code, out, err = run(reports(tmp_path / "texts"))
    assert (code, err) == (0, "")
    assert [tuple(row.values()) for row in queue(out)] == [
        ("1", "0.5000", "1", "", "five.txt"),
        ("2", "0.6000", "1", "", "homs.txt"),
        ("3", "0.7000", "1", "", "two.txt"),
        ("4", "0.8000", "1", "", "red.txt"),
    ]


def test_spans_count_or_all_words(run, tmp_path):
    """One doubtful figure among thirty plain words: (0.97 × 0.5 + 30 × 0.01 × 0.99) / 1.27, or
    (0.5 × 0.99³⁰)^(1/31)."""
    texts = reports(tmp_path / "texts", {"figure": "five" + " quiet" * 30, "red": "Red"})
    for by, first, sureness in (("spans", "figure", 0.616), ("words", "red", 0.968)):
        _, out, _ = run(texts, by=by)
        assert ids(out)[0] == first
        [row] = [row for row in queue(out) if row["id"] == "figure.txt"]
        assert float(row["sureness"]) == pytest.approx(sureness, abs=0.002) and row["words"] == "31"


def test_a_random_order_is_the_default_and_the_same_each_time(run, tmp_path):
    """Neither by sureness nor by name, whatever else lies in the folder."""
    texts = reports(tmp_path / "texts", {f"{n:02}": "five" if n % 2 else "Red" for n in range(40)})
    code, out, err = run(texts, by=None)
    assert (code, err) == (0, "") and out == run(texts, by="random")[1]
    assert sorted(ids(out)) == [f"{n:02}" for n in range(40)] != ids(out)
    sure = [int(id) % 2 for id in ids(out)]
    assert 5 < sum(sure[:20]) < 15
    draws = [float(row["draw"]) for row in queue(out)]
    assert draws == sorted(draws) and 0 <= draws[0] < 0.25 and 0.75 < draws[-1] <= 1
    (texts / "00.txt").unlink()
    assert ids(run(texts, by=None)[1]) == [id for id in ids(out) if id != "00"]


def test_sources_take_turns(run, tmp_path):
    reports(tmp_path / "texts" / "gazette", {"five": "five", "homs": "Homs"})
    reports(tmp_path / "texts" / "monitor", {"two": "two", "red": "Red"})
    (tmp_path / "texts" / "wire.csv").write_text("id,text,Publisher\nx,three,The Wire\ny,soldiers,The Wire\n")
    _, out, _ = run(tmp_path / "texts")
    assert [(row["source"], row["id"]) for row in queue(out)] == [
        ("gazette", "gazette/five.txt"),
        ("monitor", "monitor/two.txt"),
        ("The Wire", "x"),
        ("gazette", "gazette/homs.txt"),
        ("monitor", "monitor/red.txt"),
        ("The Wire", "y"),
    ]


def test_take_takes_the_first(run, tmp_path):
    assert ids(run(reports(tmp_path / "texts"), "--take", "2")[1]) == ["five", "homs"]
    assert len(ids(run(tmp_path / "texts", "--take", "99")[1])) == 4


def test_many_reports_are_ranked_as_each_alone(run, tmp_path, monkeypatch):
    texts = reports(tmp_path / "texts")
    whole = run(texts)[1]
    monkeypatch.setattr(rank, "BATCH", 3)
    assert run(texts)[1] == whole


def test_the_queue_goes_to_a_file_and_nothing_else_does(run, tmp_path):
    texts = reports(tmp_path / "texts")
    _, printed, _ = run(texts)
    code, out, _ = run(texts, "-o", tmp_path / "queue.csv")
    assert (code, out) == (0, "")
    assert (tmp_path / "queue.csv").read_bytes() == printed.encode()


# --- what is left out ---


def test_what_cannot_be_annotated_is_named_and_the_others_are_ranked(run, tmp_path):
    rows = [("a", "five"), ("a", "two"), ("b", " "), ("c", "https://example.org/report"), ("d", "Red")]
    lines = [json.dumps({"id": id, "text": text}) for id, text in rows]
    (tmp_path / "rows.jsonl").write_text("\n".join([*lines, "no json"]))
    code, out, err = run(tmp_path / "rows.jsonl")
    assert code == 1 and ids(out) == ["a", "d"]
    told = [
        "a: there are two of this id",
        "b: has no words",
        "c: data.text is the address",
        "rows.jsonl, line 6",
    ]
    assert [told[i] in line for i, line in enumerate(err.splitlines())] == [True] * 4


@pytest.mark.parametrize("options, told", [
    (["-o", "no/such/queue.csv"], "no/such/queue.csv: there is no folder"),
    (["-o", "."], ".: is a folder; name a file with -o"),
    (["-o", "texts/five.txt"], "is one of the inputs and would be overwritten"),
    (["--model", "texts"], "texts is no checkpoint"),
    (["--project", "3", "--url", "localhost"], "is no address of Label Studio"),
], ids=["no folder", "folder", "input", "model", "url"])  # fmt: skip
def test_what_cannot_be_done_is_one_line(run, tmp_path, monkeypatch, options, told):
    monkeypatch.chdir(tmp_path)
    before = sorted(reports(tmp_path / "texts").iterdir())
    code, out, err = run("texts", *options)
    assert (code, out) == (2, "") and told in err and len(err.splitlines()) == 1
    assert sorted((tmp_path / "texts").iterdir()) == before


def test_a_file_that_cannot_be_written_is_one_line(run, tmp_path):
    """/dev/full takes nothing."""
    code, _, err = run(reports(tmp_path / "texts"), "-o", "/dev/full")
    assert code == 2 and "No space left" in err and len(err.splitlines()) == 1


def test_nothing_to_rank_is_said(run, tmp_path):
    code, out, err = run(reports(tmp_path / "texts", {"empty": " \n"}))
    assert (code, out) == (2, "") and err.splitlines()[-1].endswith("no report is left to rank")


@pytest.mark.parametrize("options", [["--take", "0"], ["--take", "-1"], ["--take", "x"], ["--by", "luck"]])
def test_options_that_mean_nothing_are_refused(run, tmp_path, options):
    with pytest.raises(SystemExit) as ended:
        run(reports(tmp_path / "texts"), *options)
    assert ended.value.code == 2


# --- the queue in Label Studio ---


def test_the_first_of_the_queue_are_pushed_and_sorting_by_score_shows_them_in_order(
    studio, address, run, tmp_path
):
    """By turns: no order of sureness alone."""
    reports(tmp_path / "texts" / "a", {"five": "five", "homs": "Homs"})
    reports(tmp_path / "texts" / "b", {"two": "two", "red": "Red"})
    code, out, err = run(tmp_path / "texts", "--project", "Reports", "--take", "3")
    assert code == 0 and ids(out) == ["a/five", "b/two", "a/homs"] == by_score(studio)
    assert "project 3 'Reports', model tiny 0 " in err and "3 tasks made" in err
    assert err.splitlines()[-1] == "sort by prediction score in Label Studio, and the queue is what you see"
    [first, *_] = studio.rows.values()
    assert [r["value"]["text"] for r in first["predictions"][0]["result"] if r["type"] == "labels"] == [
        "five"
    ]


def test_what_was_pushed_before_is_no_new_task_and_takes_its_place_in_the_queue(
    studio, address, run, tmp_path
):
    texts = reports(tmp_path / "texts")
    main(["push", str(texts), "--project", "3", "--model", str(tmp_path / "model")])
    for row in studio.rows.values():
        row["predictions"][0]["score"] = 0.9
    code, _, err = run(texts, "--project", "3")
    assert code == 0 and "0 tasks made" in err and "4 there already" in err
    assert "4 of those that were there have a new score" in err
    assert by_score(studio) == list(TEXTS) and len(studio.rows) == 4
    assert {len(row["predictions"]) for row in studio.rows.values()} == {1}
    assert "new score" not in run(texts, "--project", "3")[2]


def test_what_is_annotated_there_is_not_asked_for_again(studio, address, run, tmp_path):
    """Or the first hundred of a second round would be those of the first."""
    texts = reports(tmp_path / "texts")
    run(texts, "--project", "3")
    for id, row in studio.rows.items():
        studio.annotate(id, {"result": [], "was_cancelled": row["data"]["doc_id"] != "five.txt"})
    tiny_checkpoint.write(tmp_path / "model", **SURENESS | {"five": 0.4})
    studio.projects[3]["model_version"] = None
    code, out, err = run(texts, "--project", "3", "--take", "2")
    assert code == 0 and ids(out) == ["homs", "two"] == by_score(studio)
    assert "1 reports are annotated in project 3 already, and are left out" in err
    for id in studio.rows:
        studio.annotate(id, {"result": []})
    code, out, err = run(texts, "--project", "3")
    assert (code, out) == (2, "") and err.splitlines()[-1].endswith("no report is left to rank")


def test_a_project_that_shows_another_models_predictions_is_told_of(studio, address, run, tmp_path):
    """Label Studio sorts by the scores of the model it shows."""
    studio.projects[3]["model_version"] = "an older one"
    code, _, err = run(reports(tmp_path / "texts"), "--project", "3")
    assert code == 0 and "'an older one', and sort by its scores: choose 'tiny 0 " in err
    assert "sort by prediction score" not in err


def test_a_project_that_cannot_take_the_queue_is_told_before_anything_is_read(studio, address, run, tmp_path):
    studio.projects[3]["label_config"] = WITHOUT_LABELS
    code, out, err = run(reports(tmp_path / "texts"), "--project", "3")
    assert (code, out) == (2, "") and "Labels" in err and not studio.rows


def test_a_report_of_another_text_is_named_and_the_others_are_pushed(studio, address, run, tmp_path):
    studio.make({"text": "An older version.", "doc_id": "homs.txt"})
    code, _, err = run(reports(tmp_path / "texts"), "--project", "3")
    assert code == 1 and "error: homs.txt: task 100 has this doc_id and another text" in err
    assert by_score(studio) == ["five", "two", "red"]


def test_a_server_that_is_lost_leaves_the_queue_and_the_same_command_goes_on(
    studio, address, run, tmp_path, monkeypatch
):
    monkeypatch.setattr(pushing, "BATCH", 2)
    texts = reports(tmp_path / "texts")
    studio.fail["/import"] = [None, lambda: studio.refuse.update({"api": [500] * 99})]
    code, out, err = run(texts, "--project", "3")
    assert code == 1 and ids(out) == list(TEXTS)
    assert "broken off, the same command goes on from there" in err and "sort by" not in err
    studio.refuse.clear()
    code, again, err = run(texts, "--project", "3")
    assert code == 0 and again == out and "2 tasks made" in err and by_score(studio) == list(TEXTS)


def test_a_server_that_takes_nothing_leaves_the_queue_too(studio, address, run, tmp_path):
    """It may have taken an hour to make."""
    studio.refuse["/import"] = [500] * 9
    code, out, err = run(reports(tmp_path / "texts"), "--project", "3")
    assert code == 2 and ids(out) == list(TEXTS) and "500 while making 4 tasks" in err.splitlines()[-1]


def test_a_refused_token_is_told_before_anything_is_read(studio, address, run, tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "wrong")
    code, out, err = run(reports(tmp_path / "texts"), "--project", "3")
    assert (code, out) == (2, "") and "the token was refused" in err
