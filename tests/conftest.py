"""What several test modules share: the event record's schema, made strict, and the command."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import jsonschema
import label_studio_server
import pytest

ROOT = Path(__file__).parent.parent
SERVER = "mark.label_studio"
WORKER = "PYTEST_XDIST_WORKER" in os.environ
if WORKER:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each worker has a processor


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Of the workers of `-n` one has all of a module, and one all that need the Label Studio server."""
    from xdist.scheduler import LoadScopeScheduling

    @cache
    def group(module: str) -> str:
        return SERVER if SERVER in (ROOT / module).read_text(encoding="utf-8") else module

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid.partition("::")[0])

    config.option.loadscopereorder = False
    return ByModule(config, log)


def pytest_collection_modifyitems(items):
    if WORKER:  # what takes longest is first
        items.sort(key=lambda item: item.get_closest_marker("label_studio") is None)


def strict(schema):
    """The schema with every object closed, so that a field the contract does not name fails a test."""
    if isinstance(schema, list):
        return [strict(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {k: strict(v) for k, v in schema.items()} | closed


@pytest.fixture(scope="session")
def schema() -> dict:
    return json.loads((ROOT / "infer" / "event-record.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def validate(schema):
    """`validate(record, text)`: fails unless the record keeps to the contract and quotes the text."""
    validator = jsonschema.Draft202012Validator(strict(schema), format_checker=jsonschema.FormatChecker())

    def check(record: dict, text: str) -> None:
        validator.validate(record)
        assert record["document"]["length"] == len(text)
        quotes = {s["id"]: s["text"] for s in record["spans"]}
        for span in record["spans"]:
            assert span["text"] == text[span["start"] : span["end"]]
        events = {e["id"] for e in record["events"]}
        assert len(events) == len(record["events"])
        for event in record["events"]:
            assert event["part_of"] is None or event["part_of"] in events
            for slot in slots(event):
                assert slot["text"] == quotes[slot["span"]]
        for c in record["checks"]:
            assert c["event"] in events
            assert all(part in (quotes if "span" in c else events) for part in c["parts"])

    return check


def slots(event: dict) -> list[dict]:
    """Every slot of a record's event."""
    lists = ("actors", "casualties", "locations", "alternative_counts")
    single = (event["attack_count"], event["period"])
    return [s for key in lists for s in event.get(key, [])] + [s for s in single if s]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A real Label Studio server, started once for all tests that need one."""
    with label_studio_server.serving(tmp_path_factory.mktemp("label-studio")) as running:
        yield running


@pytest.fixture(scope="session")
def infer():
    """`infer(*arguments, input=bytes, env=…)` runs the command; returns the finished process."""

    def run(*arguments, env=None, **options):
        command = [sys.executable, "-m", "infer", *map(str, arguments)]
        environment = os.environ | (env or {})
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60, **options)

    return run


@pytest.fixture(scope="module")
def browser():
    """Chromium, one for the tests of a module."""
    from playwright.sync_api import sync_playwright

    assert label_studio_server.BROWSER, label_studio_server.NO_BROWSER
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=label_studio_server.BROWSER, args=label_studio_server.FLAGS, timeout=180_000
        )
        yield running
        running.close()
