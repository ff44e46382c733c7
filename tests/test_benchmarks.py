"""The benchmarks' machinery: costs are those of the child, contenders take turns, the table tells all."""

import json
import sys
import time

import pytest
import tiny_checkpoint
import tiny_runs

from benchmarks import inference, measure, profile, table, training
from benchmarks.__main__ import main
from benchmarks.measure import Cost
from infer.schema import InputError


def test_a_process_is_charged_with_its_own_time_and_memory():
    """100 MB more in the child are 100 MB more in its peak, and what it waits is no processor's time."""
    small = measure.of_process([sys.executable, "-c", "import time; time.sleep(0.3)"])
    large = measure.of_process([sys.executable, "-c", "x = bytearray(b'x') * 100_000_000"])
    assert small.wall >= 0.3 > small.cpu
    assert 80 < large.peak - small.peak < 130


def test_a_process_that_fails_is_no_measure():
    with pytest.raises(InputError, match="failed: SystemExit|failed: .*seven"):
        measure.of_process([sys.executable, "-c", "raise SystemExit('seven')"])


def test_contenders_take_turns():
    """So that a machine that grows busy slows all of them."""
    asked = []
    runs = {name: lambda name=name: asked.append(name) or Cost(1.0, 1.0) for name in "ab"}
    costs = measure.interleaved(runs, 3)
    assert asked == ["a", "b"] * 3 and {name: len(c) for name, c in costs.items()} == {"a": 3, "b": 3}


def test_the_middle_is_of_each_figure_alone():
    costs = [Cost(1.0, 9.0, 5.0), Cost(3.0, 7.0, 6.0), Cost(2.0, 8.0, 4.0)]
    assert measure.middle(costs) == Cost(2.0, 8.0, 5.0)
    assert measure.middle([Cost(1.0, 1.0)]).peak is None


def test_a_worker_is_timed_without_its_loading():
    """Half a second of loading, once; the work is a tenth of it."""
    script = (
        "import time\nfrom benchmarks.measure import serve\n"
        "time.sleep(0.5)\nserve(lambda: time.sleep(0.05), {'tokens': 7})\n"
    )
    begun = time.perf_counter()
    with measure.Worker([sys.executable, "-c", script]) as worker:
        assert worker.about == {"tokens": 7} and time.perf_counter() - begun >= 0.5
        assert all(0.05 <= worker.run().wall < 0.5 for _ in range(3))


def test_a_worker_that_breaks_off_is_told(tmp_path):
    with pytest.raises(InputError, match="broke off; run it alone to see why"):
        measure.Worker([sys.executable, "-c", "raise ValueError"])


def test_a_comparison_is_json_and_markdown():
    made = table.Comparison(
        "Speed", ("", "s", "share"), (("ours", 1234.5, None), ("theirs", 0.25, 2.0)), ("n",)
    )
    assert "| ours | 1,234 | – |\n| theirs | 0.25 | 2 |" in made.markdown()
    content = json.loads(json.dumps(made.as_dict()))
    assert content["rows"][1] == {"": "theirs", "s": 0.25, "share": 2.0}
    assert content["machine"]["versions"]["Python"] in made.markdown()


def test_memory_is_measured_by_number_and_length(tmp_path, capsys):
    """The whole command, with a tiny checkpoint."""
    model = tiny_checkpoint.write(tmp_path / "model")
    out = tmp_path / "m.json"
    assert main(["memory", "--model", str(model), "--most", "10", "--longest", "10000", "-o", str(out)]) == 0
    rows = json.loads(out.read_text())[0]["rows"]
    assert [row[""] for row in rows] == ["10 reports of a sentence", "one report of 10 kB"]
    assert all(10 < row["peak MB"] < 2000 for row in rows)
    assert "| one report of 10 kB |" in capsys.readouterr().out


def test_reports_that_are_none_are_refused_in_one_line(tmp_path, capsys):
    (tmp_path / "r.jsonl").write_text('{"body": 1}\n')
    assert main(["throughput", "--reports", str(tmp_path / "r.jsonl")]) == 2
    told = capsys.readouterr().err
    assert "holds no reports (KeyError); give a .jsonl" in told and told.count("\n") == 1


def test_the_checkpoint_without_linker_is_one(tmp_path):
    from infer import checkpoint

    model = tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path / "model"))
    assert checkpoint.load(model).linker
    assert checkpoint.load(inference._without_linker(model, tmp_path)).linker is None


def test_both_training_loops_learn_from_the_same_windows(tmp_path):
    """Or a share of one by the other would say nothing."""
    file = tiny_runs.settings_file(
        tmp_path, train=[tiny_runs.report(i) for i in range(4)], dev=[tiny_runs.calm()]
    )
    tokens = set()
    for name in training.TOLD:
        work, count = training._prepared(name, str(file), 3, tmp_path / name)
        work()
        tokens.add(count)
    assert len(tokens) == 1 and tokens.pop() > 30


def test_a_profile_charges_what_runs_elsewhere_to_the_functions_that_called_it():
    """`sub` took 3 s, a third of it for `read` by way of `helper`, the rest for `find`; nobody of ours called
    `idle`."""
    read, find = ((str(profile.HOME / "a.py"), line, name) for line, name in ((1, "read"), (2, "find")))
    helper, sub, idle = (("other.py", line, name) for line, name in enumerate(("helper", "sub", "idle")))
    stats = type("Stats", (), {})()
    stats.stats = {
        read: (1, 1, 5.0, 6.5, {}),
        find: (1, 1, 0.25, 2.25, {}),
        helper: (1, 1, 0.5, 1.5, {read: (1, 1, 0.5, 1.5)}),
        sub: (2, 2, 3.0, 3.0, {helper: (1, 1, 1.0, 1.0), find: (1, 1, 2.0, 2.0)}),
        idle: (1, 1, 0.125, 0.125, {}),
    }
    spent = profile.by_function(stats)
    assert spent == pytest.approx({"a.py read": 6.5, "a.py find": 2.25, "outside of infer": 0.125})


def test_the_profile_adds_up_and_names_the_most_first(tmp_path, capsys):
    model = tiny_checkpoint.write(tmp_path / "model")
    file = tmp_path / "reports.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in inference.SHORT))
    given = ["--model", model, "--reports", file, "--rows", 9999, "-o", tmp_path / "profile.json"]
    assert main(["profile", *map(str, given)]) == 0
    [found] = json.loads((tmp_path / "profile.json").read_text())
    shares = [row["share"] for row in found["rows"]]
    assert sum(shares) == pytest.approx(1) and shares == sorted(shares)[::-1]
    assert "tagger.py logits" in {row[""] for row in found["rows"]} and "Profile" in capsys.readouterr().out
