"""The machine-learning backend that Label Studio connects to: predictions, and trainings when asked for.

What is sent and what is expected is that of server 1.23 (its ml/api_connector.py and webhooks/utils.py).
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from annotations import labelstudio, predictions
from annotations.interface import OURS, Interface
from annotations.predictions import Loaded, Model
from annotations.trainings import Trainings
from infer.schema import InputError

NAME = "attack-reports"
ANNOTATED = ("ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED")
TRAIN = "START_TRAINING"
LONGEST = 200_000  # characters of a report; more takes longer than the 100 s that Label Studio waits
GONE = 499  # who asked has hung up: nobody reads this answer

log = logging.getLogger(__name__)


class Predict(BaseModel):
    tasks: list[Any]
    label_config: str | None = None


class Setup(BaseModel):
    """The access token that comes with it is read by nobody."""

    config: str | None = Field(None, alias="schema")


class Webhook(BaseModel):
    action: str
    project: Any = None
    annotation: Any = None


class Backend:
    """Answers to Label Studio. `trainings` None: it can start none; `train_after` None: only if asked to."""

    def __init__(self, model: Model, trainings: Trainings | None = None, train_after: int | None = None):
        self.model, self.trainings, self.train_after = model, trainings, train_after
        self.annotated: Counter[int] = Counter()  # annotations since a project's last training was asked for
        self.counted: Counter[str] = Counter(tasks=0, unreadable=0)
        self._one = CapacityLimiter(1)  # the model uses all processors; two at once would only wait

    def app(self) -> FastAPI:
        app = FastAPI(title=NAME, openapi_url=None, lifespan=self._life)  # and so no pages about it
        for path in ("/", "/health"):
            app.add_api_route(path, self.health)
        app.add_api_route("/metrics", self.metrics)
        app.add_api_route("/versions", self.versions)
        app.add_api_route("/setup", self.setup, methods=["POST"])
        app.add_api_route("/predict", self.predict, methods=["POST"])
        app.add_api_route("/webhook", self.webhook, methods=["POST"], status_code=201)
        app.add_exception_handler(RequestValidationError, _invalid)
        app.add_exception_handler(HTTPException, _refused)
        app.add_exception_handler(InputError, lambda _, error: _error(400, str(error)))
        app.add_exception_handler(Exception, _broken)
        return app

    @asynccontextmanager
    async def _life(self, _: FastAPI) -> AsyncIterator[None]:
        yield
        if self.trainings:
            await to_thread.run_sync(self.trainings.end)

    async def health(self) -> dict:
        return {"status": "UP", "model_class": NAME, "model_version": self.model.current.version}

    async def versions(self) -> dict:
        return {"versions": [self.model.current.version]}

    async def metrics(self) -> dict:
        started = {"training": False, "trainings": 0}
        if self.trainings:
            started = {"training": self.trainings.running, "trainings": self.trainings.started}
        return {"model_version": self.model.current.version} | dict(self.counted) | started

    async def setup(self, body: Setup) -> dict:
        """An interface that predictions have no place in is refused here, where Label Studio shows it."""
        if body.config:
            for lack in _interface(body.config).lacks:
                log.warning("the project's labelling interface has %s: not predicted there", lack)
        return {"model_version": self.model.current.version}

    async def predict(self, body: Predict, request: Request):
        """One result for each task, in their order: Label Studio drops them all where one is missing."""
        interface = _interface(body.label_config) if body.label_config else OURS
        model = self.model.current  # one for all of them, whatever a training brings meanwhile
        results = []
        for task in body.tasks:
            if await request.is_disconnected():
                log.warning("nobody waits any longer: %d of %d tasks read", len(results), len(body.tasks))
                return _error(GONE, "nobody waits any longer")
            results.append(
                await to_thread.run_sync(
                    self._result, task, model, interface, limiter=self._one, abandon_on_cancel=True
                )
            )
        return JSONResponse({"results": results, "model_version": model.version})

    def _result(self, task: Any, model: Loaded, interface: Interface) -> dict:
        self.counted["tasks"] += 1
        try:
            document = predictions.document(task, interface)
            if len(document.text) > LONGEST:
                raise InputError(f"{len(document.text):,} characters, {LONGEST:,} at most; push it instead")
            read = predictions.predicted(document, model.tagger)
            written = labelstudio.write_prediction(read, model.version, interface, predictions.score(read))
            return written["predictions"][0]
        except InputError as error:
            said = str(error)
        except Exception as error:  # a report that breaks the reader takes no other's prediction away
            said = f"{type(error).__name__}: {error}"
        self.counted["unreadable"] += 1
        log.error("%s: no prediction: %s", predictions.name(task), predictions.line(said))
        return {"model_version": model.version, "result": []}

    async def webhook(self, body: Webhook) -> dict:
        """Answers at once: Label Studio waits for a second, and its user with it."""
        if body.action == TRAIN:
            return {"status": self._train(_project(body.project), "asked to train")}
        if body.action in ANNOTATED and self.train_after:
            project = _project(body.project)
            self.annotated[project] += _finished(body.annotation)
            if self.annotated[project] >= self.train_after:
                return {"status": self._train(project, f"{self.annotated[project]} annotations since")}
        return {"status": "noted"}

    def _train(self, project: int, why: str) -> str:
        self.annotated[project] = 0
        if not self.trainings:
            log.error("project %d: %s, but it was started without what trainings need", project, why)
            return "cannot train"
        log.info("project %d: %s", project, why)
        self.trainings.request(project)
        return "training"


@lru_cache(maxsize=16)
def _interface(config: str) -> Interface:
    try:
        return Interface.of(config)
    except UnicodeError:
        raise InputError("the labelling interface holds half a character (a lone surrogate)") from None


def _project(project: Any) -> int:
    number = project.get("id") if isinstance(project, dict) else project
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise InputError(f"project is {number!r}; needed: a project with its number as id")
    return number


def _finished(annotation: Any) -> int:
    """How many annotations a webhook tells of, skipped ones left out; one may be told of and not shown."""
    told = annotation if isinstance(annotation, list) else [annotation]
    return sum(not (isinstance(one, dict) and one.get("was_cancelled")) for one in told)


def _error(status: int, line: str) -> JSONResponse:
    return JSONResponse({"error": " ".join(line.split())}, status)


def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return _error(422, f"{where}: {first['msg']}; needed: what Label Studio sends")


def _refused(request: Request, error: HTTPException) -> JSONResponse:
    return _error(error.status_code, f"{request.method} {request.url.path}: {error.detail}")


def _broken(request: Request, error: Exception) -> JSONResponse:
    return _error(500, f"{request.url.path} failed ({type(error).__name__}); see the backend's log")
