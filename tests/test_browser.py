"""What an analyst sees of a report that was pushed: the model's spans over their words, and its relations."""

import os
import subprocess
import sys
from pathlib import Path

import label_studio_server as studio
import pytest

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "examples"

pytestmark = pytest.mark.label_studio


@pytest.fixture(scope="module")
def project(server) -> int:
    """A project that `push --create` has made of the examples."""
    command = [sys.executable, "-m", "annotations", "push", str(REPORTS), "--create", "Seen by an analyst"]
    environment = os.environ | {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = server.call("GET", "/api/projects?title=Seen%20by%20an%20analyst")["results"]
    return found[0]["id"]


def test_predictions_stand_over_their_words_and_relations_between_them(server, project):
    """The highlighted words are the predicted ones, every one, in a report with bullets."""
    tasks = server.tasks(project)
    predicted = {
        task: server.call("GET", f"/api/tasks/{task}")["predictions"][0]["result"] for task in tasks.values()
    }
    with studio.browsing(server) as page:
        editor = studio.Editor(server, page, project)
        for task, results in predicted.items():
            editor.open(task)
            spans = {r["id"]: r["value"]["text"] for r in results if r["type"] == "labels"}
            assert len(spans) > 5 and editor.highlighted(spans) == spans
            relations = [r for r in results if r["type"] == "relation"]
            assert editor.relations() == len(relations) > 3


def test_a_label_is_set_by_its_key_alone(server, project):
    """The key of a label, and the mouse over the words: the region has that label."""
    task = min(server.tasks(project).values())
    with studio.browsing(server) as page:
        editor = studio.Editor(server, page, project)
        editor.open(task)
        before = editor.labels()
        editor.mark("5", "fall", "none")
        assert editor.labels() == {**before, "PERIOD": before["PERIOD"] + 1}
