"""The push command: what it reads, the project it makes, what it prints, and with which code it ends."""

import json

import pytest
import tiny_checkpoint
from pushable_label_studio import Pushable, serving
from reportlab.pdfgen.canvas import Canvas
from small_label_studio import CONFIG, LEGACY

from annotations import push, pushing, server
from annotations.__main__ import main

KILLED = "Red Column killed five in Homs."


@pytest.fixture
def studio():
    return Pushable()


@pytest.fixture
def run(studio, tmp_path, monkeypatch, capsys):
    """`run(paths, *options)`: the exit code, standard output, standard error."""
    monkeypatch.setattr(server, "PAUSES", (0.01,))
    monkeypatch.setattr(pushing, "PAUSES", (0.01,))
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", LEGACY)
    model = ["--model", str(tiny_checkpoint.write(tmp_path / "model"))]
    with serving(studio) as address:

        def command(paths, *options):
            given = [str(path) for path in (paths if isinstance(paths, list) else [paths])]
            code = main(["push", *given, "--url", address, *model, *options])
            out, err = capsys.readouterr()
            assert LEGACY not in out + err and "Traceback" not in err
            return code, out, err

        yield command


@pytest.fixture
def report(tmp_path):
    file = tmp_path / "report.txt"
    file.write_bytes(KILLED.encode() + b"\r\n")
    return file


def data(studio) -> list[dict]:
    return [row["data"] for row in studio.rows.values()]


def test_a_file_becomes_a_task_with_its_line_ends(studio, run, report):
    code, out, _ = run(report, "--project", "3")
    assert code == 0 and "project 3 'Reports', model tiny 0 " in out and "1 tasks made" in out
    assert data(studio) == [{"text": KILLED + "\r\n", "doc_id": "report.txt", "report_date": ""}]


def test_a_pdf_becomes_a_task_of_its_text_with_its_title(studio, run, tmp_path):
    canvas = Canvas(str(tmp_path / "r.pdf"))
    canvas.setTitle("Bulletin 7")
    canvas.drawString(60, 700, KILLED)
    canvas.save()
    assert run(tmp_path / "r.pdf", "--project", "3")[0] == 0
    assert data(studio) == [{"title": "Bulletin 7", "text": KILLED, "doc_id": "r.pdf", "report_date": ""}]


def test_it_reads_what_infer_reads(studio, run, tmp_path):
    folder = tmp_path / "reports"
    (folder / "below").mkdir(parents=True)
    (folder / "a.html").write_text("<p>Red Column killed five</p>")
    (folder / "below" / "b.md").write_text(KILLED)
    (folder / "c.csv").write_text("key;body;day\nx;Red Column killed three;2023-07-02\n")
    (folder / "d.jsonl").write_text(json.dumps({"body": KILLED, "site": "here"}))
    code, _, _ = run(
        folder, "--project", "3", "--text-column", "body", "--id-column", "key", "--date-column", "day"
    )
    assert code == 1  # d.jsonl has no key
    assert {row["doc_id"]: row["report_date"] for row in data(studio)} == {
        "a.html": "",
        "below/b.md": "",
        "x": "2023-07-02",
    }


def test_a_date_for_all_is_everyones(studio, run, report):
    run(report, "--project", "3", "--report-date", "2024-01-31")
    assert data(studio)[0]["report_date"] == "2024-01-31"


def test_what_cannot_be_read_is_named_and_the_others_go(studio, run, tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"text": KILLED}) + "\nno json\n" + json.dumps({"text": "Last."}))
    code, out, err = run(file, "--project", "3")
    assert code == 1 and "2 tasks made" in out and "1 left out" in out
    assert "error: rows.jsonl, line 2: is no JSON" in err and len(studio.rows) == 2


def test_another_language_is_told_of(run, tmp_path):
    file = tmp_path / "r.txt"
    file.write_text("Les hommes armés ont tué douze soldats dans la région de Tillabéri, selon le ministère.")
    code, _, err = run(file, "--project", "3")
    assert code == 0 and "r.txt: is written in 'fr', it seems" in err


def test_create_makes_a_project_with_our_interface_once(studio, run, report):
    code, out, err = run(report, "--create", "New reports")
    assert code == 0 and "made project 4 'New reports'" in err and "project 4 'New reports'" in out
    assert studio.projects[4]["label_config"] == CONFIG and len(studio.rows) == 1
    code, _, err = run(report, "--create", "New reports")
    assert code == 2 and "project 4 is titled 'New reports' already; go on with --project 4" in err
    assert len(studio.projects) == 2 and len(studio.rows) == 1


def test_a_title_that_is_part_of_anothers_is_free(studio, run, report):
    assert run(report, "--create", "Report")[0] == 0


@pytest.mark.parametrize("title", ["ab", "x" * 51])
def test_a_title_that_label_studio_takes_not_is_refused(studio, run, report, title):
    code, _, err = run(report, "--create", title)
    assert code == 2 and "3 to 50 characters" in err and len(studio.projects) == 1


def test_one_target_is_needed_and_only_one(run, report, capsys):
    for options in ([], ["--project", "3", "--create", "New reports"]):
        with pytest.raises(SystemExit) as ended:
            run(report, *options)
        assert ended.value.code == 2


def test_where_nothing_could_be_done_it_ends_with_two(studio, run, report):
    studio.refuse["/import"] = [500] * 9
    code, out, err = run(report, "--project", "3")
    assert (code, out) == (2, "") and "500 while making 1 tasks" in err


def test_after_a_batch_a_lost_server_is_told_with_what_was_done(studio, run, tmp_path, monkeypatch):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps({"id": i, "text": f"{KILLED} {i}"}) + "\n" for i in range(4)))
    monkeypatch.setattr(pushing, "BATCH", 2)
    studio.fail["/import"] = [None, lambda: studio.refuse.update({"api": [500] * 99})]
    code, out, err = run(file, "--project", "3")
    assert code == 1 and "2 tasks made" in out
    assert "broken off, the same command goes on from there" in err
    studio.refuse.clear()
    code, out, _ = run(file, "--project", "3")
    assert code == 0 and "2 tasks made" in out and "2 there already" in out


def test_stopped_by_its_user_it_says_so(studio, run, report, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(pushing.Pushing, "push", stop)
    code, out, err = run(report, "--project", "3")
    assert code == 130 and "stopped; the same command goes on from there" in err


def test_annotators_are_shown_the_pushed_model_where_they_were_shown_none(studio, run, report):
    run(report, "--project", "3")
    version = studio.projects[3]["model_version"]
    assert version.startswith("tiny 0 ")
    _, _, err = run(report, "--project", "3")
    assert "annotators are shown" not in err


def test_where_annotators_are_shown_another_model_it_is_said_and_left(studio, run, report):
    studio.projects[3]["model_version"] = "an older one"
    code, _, err = run(report, "--project", "3")
    assert code == 0 and "annotators are shown the predictions of 'an older one': choose 'tiny 0 " in err
    assert studio.projects[3]["model_version"] == "an older one"


def test_without_a_report_nothing_is_asked_of_the_server(studio, run, tmp_path):
    code, _, err = run(tmp_path / "none.txt", "--create", "New reports")
    assert code == 2 and "no such file" in err and not studio.asked


def test_the_interface_that_a_new_project_gets_is_the_one_in_the_package():
    assert push.INTERFACE.read_text(encoding="utf-8") == CONFIG
