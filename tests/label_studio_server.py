"""A real Label Studio server and a browser in front of it, for the tests marked label_studio."""

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from annotations.tasks import Region, Task

INSTALLED = Path(__file__).parent.parent / ".label-studio" / "bin" / "label-studio"  # by make test
EXECUTABLE = os.environ.get("LABEL_STUDIO") or (str(INSTALLED) if INSTALLED.exists() else None)
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_SERVER = "no Label Studio server is installed; type: make test (or set LABEL_STUDIO to one's executable)"
NO_BROWSER = "no Chromium is installed; type: sudo apt-get install chromium"
DATABASE, FRESH = "label_studio.sqlite3", "fresh.sqlite3"
USER, PASSWORD = "annotator@example.org", secrets.token_hex(8)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
FLAGS += ["--disable-component-update", "--disable-sync"]


_NEXT_WORD = re.compile(r" [a-z]{3,9}(?= [a-z])")
_END = """([id, word]) => {
    const spans = document.querySelectorAll(`[class*='htx-highlight-${id}-']`);
    const last = spans[spans.length - 1];
    const nodes = document.createTreeWalker(
        document.querySelector('.lsf-htx-richtext'), NodeFilter.SHOW_TEXT);
    nodes.currentNode = last;
    let node = nodes.nextNode();
    while (last.contains(node)) node = nodes.nextNode();
    const range = document.createRange();
    range.setStart(node, 0);
    range.setEnd(node, word.length);
    const box = range.getBoundingClientRect();
    return [box.right, (box.top + box.bottom) / 2];
}"""


def to_nudge(task: Task) -> Region | None:
    """A region before a word that no region holds, on the same line of the editor as far as can be told."""
    return next((region for region in task.regions if _before_a_word(task, region)), None)


def _before_a_word(task: Task, region: Region) -> bool:
    start, end = region.span.start, region.span.end
    line = task.text.rfind("\n", 0, end) + 1
    touched = any(r is not region and r.span.start <= end + 10 and r.span.end > start for r in task.regions)
    plain = task.text[start - 1 : start] in (" ", "\n")  # of what nasty() may have put there
    return plain and bool(_NEXT_WORD.match(task.text, end)) and not touched and end - line < 60


class Server:
    """The server at `url`, spoken to as its one user; its database as it was at the start is `fresh`."""

    def __init__(self, url: str, token: str, fresh: Path):
        self.url, self.token, self.fresh = url, token, fresh

    def call(self, method: str, path: str, body=None):
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def project(self, config: str, tasks: list[dict]) -> int:
        made = self.call("POST", "/api/projects", {"title": "Round trip", "label_config": config})
        self.call("POST", f"/api/projects/{made['id']}/import", tasks)
        return made["id"]

    def tasks(self, project: int) -> dict[str, int]:
        """doc_id → task id."""
        found = self.call("GET", f"/api/tasks?project={project}&page_size=100&fields=all")["tasks"]
        return {task["data"]["doc_id"]: task["id"] for task in found}

    def export(self, project: int) -> list[dict]:
        return self.call("GET", f"/api/projects/{project}/export?exportType=JSON")


@contextlib.contextmanager
def serving(folder: Path, token: str | None = None):
    """A server on a free port of this machine, its database in `folder`; ended with the block.

    `token` is that of the server which made the database, where one did.
    """
    assert EXECUTABLE, NO_SERVER
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = token or secrets.token_hex(20)
    settings = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_USERNAME": USER,
        "LABEL_STUDIO_PASSWORD": PASSWORD,
        "LABEL_STUDIO_USER_TOKEN": token,
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "HOME": str(folder),
    }
    command = [EXECUTABLE, "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log, cwd=folder)
        server = Server(f"http://127.0.0.1:{port}", token, folder / FRESH)
        server.process = process
        try:
            _wait(server, process, folder / "server.log")
            _copy(folder / DATABASE, server.fresh)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def _copy(database: Path, copy: Path):
    """Of a database in use."""
    with (
        contextlib.closing(sqlite3.connect(database)) as old,
        contextlib.closing(sqlite3.connect(copy)) as new,
    ):
        old.backup(new)


def _wait(server: Server, process: subprocess.Popen, log: Path, seconds: int = 400):
    for _ in range(seconds):
        with contextlib.suppress(OSError):
            server.call("GET", "/api/projects")
            return
        if process.poll() is not None:
            break
        time.sleep(1)
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


@contextlib.contextmanager
def browsing(server: Server):
    """A page that is logged in; nothing but the server can be reached from it."""
    from playwright.sync_api import sync_playwright

    assert BROWSER, NO_BROWSER
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page(viewport={"width": 1500, "height": 1100})
        page.set_default_timeout(120_000)  # a busy machine takes half a minute for the editor alone
        page.route(lambda url: not url.startswith(server.url), lambda route: route.abort())
        page.goto(f"{server.url}/user/login/", wait_until="domcontentloaded")
        page.fill("#email", USER)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_selector("text=Projects")
        yield page
        browser.close()


class Editor:
    """The labelling editor on one task after another of a project."""

    def __init__(self, server: Server, page, project: int):
        self.page, self.root = page, f"{server.url}/projects/{project}/data"
        page.goto(self.root, wait_until="domcontentloaded")
        page.wait_for_selector("text=Label All Tasks")

    def open(self, task: int):
        self.page.goto(f"{self.root}?task={task}", wait_until="domcontentloaded")
        self.page.wait_for_selector(".htx-highlight")
        self.page.wait_for_timeout(1500)  # highlights are drawn once more when the fonts are there

    def mark(self, hotkey: str, words: str, value: str):
        """Draw a region over the words with the label of that key, and type its value."""
        self.page.keyboard.press("Escape")  # or the key would label the selected region anew
        self.page.keyboard.press(hotkey)
        left, top, right, bottom = self._box(words)
        middle = (top + bottom) / 2
        self.page.mouse.move(left + 0.5, middle)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, middle, steps=4)
        self.page.mouse.move(right - 0.5, middle, steps=4)
        self.page.mouse.up()
        self.page.wait_for_timeout(600)
        self.page.mouse.click((left + right) / 2, middle)
        self.page.locator("input[name=value]").fill(value)
        self.page.keyboard.press("Enter")
        self.page.wait_for_timeout(300)

    def choose(self, region: str, choice: str):
        """Select a region of ours by its id, and one of its choices."""
        self.page.locator(f"[class*='htx-highlight-{region}-']").first.click()
        self.page.locator(f"input[name={choice}]").first.click()

    def nudge(self, task: Task) -> Task | None:
        """Drag the end of the region `to_nudge` over the word after it; the task as it has to be then.

        None where the mouse has missed the handle, and the editor's highlight is not over those words.
        """
        region = to_nudge(task)
        word = _NEXT_WORD.match(task.text, region.span.end)
        self.page.locator(f"[class*='htx-highlight-{region.id}-']").last.click()
        self.page.wait_for_timeout(700)  # the editor scrolls to what is selected, and smoothly
        handle = self.page.locator("area.__resize_right").bounding_box()
        self.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        self.page.mouse.down()
        right, middle = self.page.evaluate(_END, [region.id, word.group()])
        self.page.mouse.move(right - 9, middle, steps=4)
        self.page.mouse.move(right - 0.5, middle, steps=4)
        self.page.mouse.up()
        longer = replace(region, span=replace(region.span, end=word.end()))
        if self.highlighted([region.id])[region.id] != longer.span.text(task.text):
            return None
        return replace(task, regions=tuple(longer if r is region else r for r in task.regions))

    def highlighted(self, regions: Iterable[str]) -> dict[str, str]:
        """region id → the words that are highlighted as it, line breaks as in the text."""
        return self.page.evaluate(
            """ids => Object.fromEntries(ids.map(id => [id, [
                ...document.querySelectorAll(`[class*='htx-highlight-${id}-']`)
            ].map(node => node.textContent).join('')]))""",
            list(regions),
        )

    def relations(self) -> int:
        """How many relations its panel lists."""
        self.page.get_by_text("Relations", exact=False).first.click()
        return self.page.locator(".lsf-relations__item").count()

    def labels(self) -> dict[str, int]:
        """label → how many regions have it."""
        labels = self.page.evaluate(
            "[...new Set([...document.querySelectorAll('.htx-highlight')].map(n => n.dataset.label))]"
        )
        return Counter(label.split(":")[-1] for label in labels)

    def update(self):
        def saved(response):
            return "/api/annotations/" in response.url and response.request.method == "PATCH"

        with self.page.expect_response(saved) as response:
            self.page.click("button:has-text('Update')")
        assert response.value.ok

    def _box(self, words: str) -> list[float]:
        """Left, top, right and bottom of the first text node's words, in pixels."""
        return self.page.evaluate(
            """words => {
                const nodes = document.createTreeWalker(
                    document.querySelector('.lsf-htx-richtext'), NodeFilter.SHOW_TEXT);
                for (let node; (node = nodes.nextNode()); ) {
                    const at = node.data.indexOf(words);
                    if (at < 0) continue;
                    const range = document.createRange();
                    range.setStart(node, at);
                    range.setEnd(node, at + words.length);
                    const box = range.getBoundingClientRect();
                    return [box.left, box.top, box.right, box.bottom];
                }
            }""",
            words,
        )
