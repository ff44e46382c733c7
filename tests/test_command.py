"""The command as a user types it: what it prints, where it writes, and how it fails."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import openpyxl
import pytest
import tiny_checkpoint
from conftest import ROOT
from pyarrow import parquet
from reportlab.pdfgen.canvas import Canvas

from infer import read
from infer.__main__ import main
from infer.calibration import Calibration
from infer.checkpoint import write_calibration
from infer.tagger import Tagger

REPORT = "In June 2023 Red Column carried out 12 operations in Homs. They left two soldiers dead.\r\n"
BINARY = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    return tiny_checkpoint.write(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def run(model, capfdbinary):
    """`run(*arguments)` → (exit code, standard output, standard error); the model knows a few words."""

    def with_model(*arguments):
        code = main([*map(str, arguments), "--model", str(model)])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return with_model


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "reports"
    (folder / "july").mkdir(parents=True)
    (folder / "a.txt").write_text(REPORT, encoding="utf-8", newline="")
    (folder / "july" / "b.md").write_text(f"# Héading\n\n{REPORT}", encoding="utf-8", newline="")
    return folder


def one_line(error: str) -> str:
    """The single line of an error; fails where there are more, or a traceback."""
    assert error.count("\n") == 1 and error.startswith("attack-reports: error: "), error
    return error


def test_one_file_is_a_table_unless_told_otherwise(run, folder):
    code, out, err = run(folder / "a.txt")
    assert (code, err) == (0, "")
    assert out.startswith("a.txt · report date unknown · 1 event\n")
    assert "Red Column" in out and "12" in out and "2023-06" in out


def test_one_file_is_one_object_that_keeps_to_the_contract(run, folder, validate):
    code, out, err = run(folder / "a.txt", "--format", "json", "--report-date", "2023-07-02")
    record = json.loads(out)
    validate(record, REPORT)
    assert (code, err) == (0, "")
    assert record["document"]["id"] == "a.txt" and record["model"]["name"] == "tiny"
    assert (record["document"]["report_date"], record["document"]["report_date_source"]) == (
        "2023-07-02",
        "caller",
    )
    assert [s["text"] for s in record["spans"]] == [
        "June 2023",
        "Red Column",
        "12 operations",
        "Homs",
        "two soldiers",
    ]


def test_two_processes_print_the_same_bytes(infer, model, folder):
    first, second = (infer(folder, "--format", "json", "--model", model) for _ in range(2))
    assert first.returncode == 0 and first.stdout == second.stdout


def test_a_folder_is_an_array_in_order_with_progress(run, folder, validate):
    code, out, err = run(folder, "--format", "json")
    records = json.loads(out)
    assert code == 0 and [r["document"]["id"] for r in records] == ["a.txt", "july/b.md"]
    for record, file in zip(records, ("a.txt", "july/b.md"), strict=True):
        validate(record, (folder / file).read_bytes().decode())
    assert "[1/2] a.txt" in err and "[2/2] july/b.md" in err


def test_json_lines_are_one_object_a_line_always(run, folder):
    for path, count in ((folder / "a.txt", 1), (folder, 2)):
        lines = run(path, "--format", "jsonl")[1].splitlines()
        assert len(lines) == count and all(json.loads(line)["events"] for line in lines)


def test_csv_has_a_row_an_event_and_the_input_s_columns(run, tmp_path):
    file = tmp_path / "wire.csv"
    file.write_text(
        f'id,body,report_date,lat\r\n7,"{REPORT}",2023-07-02,-12.5\r\n', encoding="utf-8", newline=""
    )
    code, out, _ = run(file, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out, newline=""))
    assert code == 0
    assert (row["document"], row["attacks"], row["killed"], row["input_lat"]) == ("7", "12", "2", "-12.5")
    assert (row["report_date"], row["report_date_source"]) == ("2023-07-02", "data")


def test_a_table_of_one_row_is_an_object_and_of_two_an_array(run, tmp_path):
    for rows, kind in ((1, dict), (2, list)):
        (tmp_path / "r.jsonl").write_text("\n".join([json.dumps({"text": REPORT})] * rows))
        assert isinstance(json.loads(run(tmp_path / "r.jsonl", "--format", "json")[1]), kind)


def test_standard_input_is_a_report(infer, model, validate):
    done = infer("-", "--format", "json", "--model", model, input=REPORT.encode())
    assert done.returncode == 0
    validate(json.loads(done.stdout), REPORT)


def test_an_empty_report_is_a_record_without_events(run, tmp_path, validate):
    (tmp_path / "empty.txt").write_bytes(b"")
    code, out, err = run(tmp_path / "empty.txt", "--format", "json")
    validate(json.loads(out), "")
    assert (code, err, json.loads(out)["events"]) == (0, "", [])


def test_with_text_puts_the_text_of_a_page_into_the_record(run, tmp_path, validate):
    (tmp_path / "page.html").write_text(f"<nav>Menu</nav><p>{REPORT}</p>")
    record = json.loads(run(tmp_path / "page.html", "--format", "json", "--with-text")[1])
    validate(record, record["document"]["text"])
    assert record["document"]["text"] == REPORT.strip()


def test_min_confidence_leaves_out_less_sure_events_and_says_so(run, folder):
    def found(least):
        code, out, err = run(folder / "a.txt", "--format", "json", "--min-confidence", least)
        record = json.loads(out)
        assert code == 0 and len(record["spans"]) == 5
        return len(record["events"]), err

    assert found(0.5) == (1, "")
    assert found(0.95) == (0, "attack-reports: a.txt: 1 of 1 events left out, less sure than 0.95\n")


def test_confidence_is_the_checkpoint_s_own_map_of_it(infer, folder, tmp_path):
    model = tiny_checkpoint.write(tmp_path / "model")
    write_calibration(model, Calibration(0, 0, 0))
    done = infer(folder / "a.txt", "--format", "json", "--model", model)
    assert [e["confidence"] for e in json.loads(done.stdout)["events"]] == [0.5]


def test_a_summary_is_one_for_all_reports_and_names_what_may_be_told_twice(run, folder, tmp_path):
    code, out, err = run(folder, "--summary")
    assert code == 0 and out.startswith("2 reports · 2 events that are part of no other")
    assert "may be the same attacks" in out and "a.txt e1 “12 operations” and july/b.md e1" in out
    assert "24" not in out and "[2/2] july/b.md" in err
    assert run(folder, "--summary", "-o", tmp_path / "all.json")[:2] == (0, "")
    assert json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))["documents"] == [
        "a.txt",
        "july/b.md",
    ]
    (folder / "bad.txt").write_bytes(BINARY)
    code, out, err = run(folder, "--summary")
    assert code == 1 and out.startswith("2 reports") and "error: bad.txt: is binary" in err


def test_a_file_takes_the_format_of_its_name(run, folder, tmp_path):
    assert run(folder, "-o", tmp_path / "out.json")[:2] == (0, "")
    assert len(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))) == 2
    assert run(folder, "-o", tmp_path / "out.txt")[:2] == (0, "")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8").startswith("a.txt · ")


def test_a_folder_gets_a_file_per_report(run, folder, tmp_path, validate):
    assert run(folder, "--format", "json", "-o", f"{tmp_path}/new/out/")[0] == 0
    validate(json.loads((tmp_path / "new" / "out" / "a.json").read_bytes()), REPORT)
    assert (tmp_path / "new" / "out" / "july" / "b.json").is_file()


def test_a_second_run_into_the_same_folder_reads_the_same_reports(run, folder):
    first = run(folder, "-o", f"{folder}/out/")
    second = run(folder, "-o", f"{folder}/out/")
    assert first[0] == second[0] == 0
    assert sorted(os.listdir(folder / "out")) == ["a.txt", "july"]


def test_one_bad_file_of_many_is_named_and_the_others_are_written(run, folder):
    (folder / "bad.txt").write_bytes(BINARY)
    code, out, err = run(folder, "--format", "json")
    assert code == 1 and len(json.loads(out)) == 2
    assert "error: bad.txt: is binary" in err and "Traceback" not in err


def test_one_bad_row_of_many_is_named_and_the_others_are_written(run, tmp_path):
    (tmp_path / "r.jsonl").write_text(json.dumps({"text": REPORT}) + "\n{broken\n")
    code, out, err = run(tmp_path / "r.jsonl", "--format", "json")
    assert code == 1 and len(json.loads(out)) == 1 and "r.jsonl, line 2: is no JSON" in err


@pytest.mark.parametrize(
    "arguments, seen",
    [
        (["gone.txt"], "gone.txt: no such file or folder"),
        (["picture.txt"], "picture.txt: is binary"),
        (["empty"], "empty: no report in it"),
        (["a.txt", "--format", "xml"], "invalid choice: 'xml' (choose from"),
        (["a.txt", "--report-date", "2024-02-30"], "'2024-02-30' is no date; write year-month-day"),
        (["a.txt", "--min-confidence", "1.5"], "'1.5' is no probability; give a number from 0 to 1"),
        (["a.txt", "--min-confidence", "nan"], "'nan' is no probability"),
        (["a.txt", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["a.txt", "--summary", "--format", "csv"], "--summary has no format csv; allowed: table, json"),
        (["a.txt", "--summary", "-o", "out.jsonl"], "--summary has no format jsonl"),
        (["a.txt", "--summary", "-o", "out/"], "out/ is a folder, name a file with -o"),
        (["a.txt", "--summary", "--with-text"], "--summary holds no report's text"),
        ([], "required: PATH"),
        (["a.txt", "-o", "gone/out.json"], "there is no folder gone"),
        (["a.txt", "-o", "a.txt"], "is one of the inputs"),
        (["wire.csv", "--text-column", "story"], "has no column 'story'; columns: headline, text"),
    ],
)
def test_bad_input_is_one_line_and_nothing_written(run, tmp_path, monkeypatch, arguments, seen):
    (tmp_path / "a.txt").write_bytes(REPORT.encode())
    (tmp_path / "picture.txt").write_bytes(BINARY)
    (tmp_path / "wire.csv").write_text("headline,text\nx,y\n")
    (tmp_path / "empty").mkdir()
    before = sorted(os.listdir(tmp_path))
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and seen in one_line(err)
    assert sorted(os.listdir(tmp_path)) == before and (tmp_path / "a.txt").read_bytes() == REPORT.encode()


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_text("x")])
def test_a_folder_that_is_no_checkpoint_is_one_line(capfd, folder, tmp_path, make):
    make(tmp_path / "model")
    assert main([str(folder / "a.txt"), "--model", str(tmp_path / "model")]) == 2
    out, err = capfd.readouterr()
    assert out == "" and one_line(err)


def test_where_every_report_fails_nothing_is_written(run, tmp_path):
    (tmp_path / "a.txt").write_bytes(BINARY)
    (tmp_path / "old.json").write_text("old")
    code, out, _ = run(tmp_path / "a.txt", "--format", "json", "-o", tmp_path / "old.json")
    assert (code, out, (tmp_path / "old.json").read_text()) == (2, "", "old")


def test_a_report_in_another_language_is_warned_of(run, tmp_path):
    (tmp_path / "fr.txt").write_text(
        "Des hommes armés ont tué douze civils dans le village lundi soir.", "utf-8"
    )
    code, _, err = run(tmp_path / "fr.txt")
    assert code == 0 and "fr.txt: is written in 'fr', it seems" in err


def test_another_encoding_is_named(run, tmp_path):
    text = "The army’s spokesman said “two soldiers” were killed near the café. " * 3
    (tmp_path / "r.txt").write_bytes(text.encode("cp1252"))
    code, out, err = run(tmp_path / "r.txt", "--format", "json")
    assert (code, json.loads(out)["document"]["encoding"]) == (0, "cp1252") and "r.txt: read as cp1252" in err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_without_unicode_gets_a_table_all_the_same(infer, model, tmp_path, encoding):
    (tmp_path / "مدينة.txt").write_text(REPORT)
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = infer(tmp_path / "مدينة.txt", "--model", model, env=environment)
    assert done.returncode == 0 and b"Red Column" in done.stdout and done.stderr == b""


def test_data_is_utf_8_whatever_the_terminal(infer, model, tmp_path):
    (tmp_path / "مدينة.txt").write_text(REPORT)
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = infer(tmp_path / "مدينة.txt", "--format", "jsonl", "--model", model, env=environment)
    assert json.loads(done.stdout.decode("utf-8"))["document"]["id"] == "مدينة.txt"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_has_seen_enough_is_no_error(model, tmp_path):
    rows = "".join(json.dumps({"text": REPORT}) + "\n" for _ in range(200))
    (tmp_path / "r.jsonl").write_text(rows)
    command = [sys.executable, "-m", "infer", tmp_path / "r.jsonl", "--format", "jsonl", "--model", model]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read().decode()
    assert not any(word in err for word in ("Traceback", "Exception ignored", "error"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
def test_an_interrupt_ends_it_in_one_line_and_leaves_no_half_file(model, tmp_path):
    rows = "".join(json.dumps({"text": REPORT}) + "\n" for _ in range(5000))
    (tmp_path / "r.jsonl").write_text(rows)
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "infer", tmp_path / "r.jsonl", "-o", out, "--model", model]

    def heed_interrupts():  # a shell's background jobs are born deaf to them
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, preexec_fn=heed_interrupts) as process:
        process.stderr.readline()  # progress: it is at work
        process.send_signal(signal.SIGINT)
        err = process.stderr.read().decode()
    assert process.returncode == 130 and "Traceback" not in err and "stopped" in err
    assert os.listdir(tmp_path) == ["r.jsonl"]


def test_the_process_ends_with_the_exit_code(infer, model, folder):
    assert infer("gone.txt", "--model", model).returncode == 2
    (folder / "bad.txt").write_bytes(BINARY)
    assert infer(folder, "--model", model).returncode == 1


def test_the_version_names_the_package_and_the_contract(infer):
    assert infer("--version").stdout.decode() == "attack-reports 0.1.0, event record 1.1\n"


def test_the_console_script_is_the_same_command():
    with (ROOT / "pyproject.toml").open("rb") as file:
        target = tomllib.load(file)["project"]["scripts"]["attack-reports"]
    module, function = target.split(":")
    assert (module, function) == (main.__module__, main.__name__)


def test_the_python_api_is_one_call(model):
    document = read(REPORT, Tagger(model))
    assert document.text == REPORT and len(document.events) == 1


@pytest.mark.parametrize("out", ["x.yaml", "x.xls"])
def test_an_ending_that_names_no_format_is_refused_and_a_folder_may_have_any(run, folder, out):
    code, _, err = run(folder / "a.txt", "-o", folder / out)
    assert code == 2 and Path(out).suffix in err and ".csv" in err and "--format" in err
    assert not (folder / out).exists()
    assert run(folder / "a.txt", "-o", f"{folder / out}/")[0] == 0


@pytest.mark.parametrize("format", ["geojson", "parquet", "xlsx"])
def test_a_format_is_known_by_its_ending_and_may_go_into_a_pipe(run, infer, model, folder, format):
    """Binary formats as bytes, to a file that is replaced whole and to a pipe."""
    out = folder / f"events.{format.upper()}"
    assert run(folder / "a.txt", "-o", out) == (0, "", "")
    done = infer(folder / "a.txt", "--format", format, "--model", model)
    assert done.returncode == 0 and done.stdout[:40] == out.read_bytes()[:40]
    if format == "parquet":
        assert parquet.read_table(out).to_pylist() == parquet.read_table(io.BytesIO(done.stdout)).to_pylist()


def test_a_folder_gets_a_workbook_per_report(run, folder, tmp_path):
    assert run(folder, "--format", "xlsx", "-o", f"{tmp_path}/out/")[0] == 0
    assert openpyxl.load_workbook(tmp_path / "out" / "july" / "b.xlsx")["events"]["A2"].value == "july/b.md"


def test_acled_is_a_csv_and_what_it_leaves_empty_is_told_once(run, folder, tmp_path):
    code, _, err = run(folder, "--format", "acled", "-o", f"{tmp_path}/out/")
    assert code == 0 and err.count("left empty") == 1 and err.count("aggregates: 1") == 2
    assert (tmp_path / "out" / "a.csv").read_text(encoding="utf-8").startswith("event_id_cnty,")


@pytest.mark.parametrize("format", ["parquet", "xlsx"])
def test_a_binary_format_does_not_go_to_a_terminal(run, folder, monkeypatch, format):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    code, out, err = run(folder / "a.txt", "--format", format)
    assert (code, out) == (2, "") and f"name a file with -o, such as -o events.{format}" in one_line(err)


@pytest.mark.parametrize(
    "module, extra, arguments",
    [
        ("pyarrow", "export", ["a.txt", "-o", "x.parquet"]),
        ("xlsxwriter", "export", ["a.txt", "--format", "xlsx", "-o", "x"]),
        ("pypdfium2", "documents", ["r.pdf"]),
        ("mammoth", "documents", ["r.docx"]),
    ],
)
def test_what_an_extra_brings_is_named_where_it_is_missing(
    run, folder, monkeypatch, module, extra, arguments
):
    for name in ("r.pdf", "r.docx"):
        (folder / name).write_bytes(b"%PDF-1.7")
    monkeypatch.chdir(folder)
    monkeypatch.setitem(sys.modules, module, None)
    code, _, err = run(*arguments)
    told = f'{module} is not installed; type: python -m pip install -e ".[{extra}]"'
    assert code == 2 and told in one_line(err)
    assert not (folder / "x.parquet").exists()


def test_a_pdf_s_record_quotes_the_text_it_holds(run, tmp_path, validate):
    canvas = Canvas(str(tmp_path / "r.pdf"))
    canvas.setTitle("Monthly bulletin")
    canvas.drawString(60, 700, "In June 2023 Red Column carried out 12 opera-")
    canvas.drawString(60, 686, "tions in Homs. They left two soldiers dead.")
    canvas.save()
    code, out, _ = run(tmp_path / "r.pdf", "--format", "json", "--with-text")
    record = json.loads(out)
    validate(record, record["document"]["text"])
    assert code == 0 and record["document"]["title"] == "Monthly bulletin"
    assert record["document"]["text"] == REPORT.strip() and len(record["events"]) == 1


def test_source_publisher_address_and_title_of_a_row_are_in_record_and_csv(run, tmp_path):
    row = {"text": REPORT, "Headline": "Twelve operations", "link": "https://example.org/1", "outlet": "Echo"}
    (tmp_path / "r.jsonl").write_text(json.dumps(row))
    about = json.loads(run(tmp_path / "r.jsonl", "--format", "json")[1])["document"]
    (cells,) = csv.DictReader(io.StringIO(run(tmp_path / "r.jsonl", "--format", "csv")[1], newline=""))
    for found in (about, cells):
        assert [found[name] for name in ("title", "url", "publisher")] == list(row.values())[1:]
    assert cells["input_Headline"] == "Twelve operations" and cells["source"] == "" and "source" not in about
