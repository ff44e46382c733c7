"""Annotations go into a real Label Studio server, and out of its browser, and nothing of them is lost."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import label_studio_server as studio
import pytest
from nasty import nasty

from annotations import gold, labelstudio

ROOT = Path(__file__).parent.parent
CONFIG = (ROOT / "annotations" / "labelling.xml").read_text(encoding="utf-8")
REPORTS, IN_BROWSER = 200, 20
SPARE = 10  # reports in which the mouse may miss the handle of a region

pytestmark = pytest.mark.label_studio


@pytest.fixture(scope="module")
def made():
    random = Random(5)
    tasks = random.sample(gold.load("train"), REPORTS)
    return {task.id: nasty(task, random) for task in tasks}


def pull(server, project: int, out: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "annotations", "pull", "--url", server.url, "--project", str(project)]
    environment = os.environ | {"LABEL_STUDIO_API_KEY": server.token}
    return subprocess.run([*command, "-o", out], cwd=ROOT, env=environment, capture_output=True, text=True)


def pulled(server, project: int, out: Path) -> dict:
    done = pull(server, project, out)
    assert done.returncode == 0, done.stderr
    return {task.id: task for task in gold.read(out)}


def test_marks_keep_their_words_where_text_is_made_nasty(made):
    """Of the injection itself: no region has moved off its words."""
    plain = {task.id: task for task in gold.load("train")}
    for name, task in made.items():
        assert task.text != plain[name].text
        assert [r.span.text(task.text) for r in task.regions] == [
            r.span.text(plain[name].text) for r in plain[name].regions
        ]


def test_200_reports_come_back_as_they_went(server, made, tmp_path):
    """Spans, choices, values and relations are equal before and after."""
    project = server.project(CONFIG, [labelstudio.write_task(task) for task in made.values()])
    back = pulled(server, project, tmp_path / "export.json")
    assert back.keys() == made.keys()
    for name, task in made.items():
        assert dataclasses.replace(back[name], data=task.data) == task
        assert task.data.items() <= back[name].data.items()


def test_20_reports_saved_in_the_browser_differ_by_what_was_changed_there(server, made, tmp_path):
    """Save sends what the editor holds, so whatever it had not understood would be gone."""
    fit = [task for task in made.values() if studio.to_nudge(task)]
    chosen = {task.id: task for task in fit[: IN_BROWSER + SPARE]}
    project = server.project(CONFIG, [labelstudio.write_task(task) for task in chosen.values()])
    changed = {}
    with studio.browsing(server) as page:
        editor = studio.Editor(server, page, project)
        for name, task in server.tasks(project).items():
            if len(changed) == IN_BROWSER:
                break
            editor.open(task)
            if nudged := editor.nudge(chosen[name]):
                changed[name] = nudged
                editor.update()
    back = pulled(server, project, tmp_path / "export.json")
    assert len(changed) == IN_BROWSER
    for name, task in changed.items():
        assert dataclasses.replace(back[name], data=task.data) == task
