"""The small Label Studio with what a push speaks to: projects and tasks are made, predictions are kept."""

import itertools
import json
import re
from urllib.parse import unquote

from small_label_studio import LabelStudio, serving

__all__ = ["Pushable", "serving"]


class Pushable(LabelStudio):
    """`fail[part of a path]` are requests that are carried out, whatever their answer; `refuse` has the
    statuses of those that are not."""

    def __init__(self, *config):
        super().__init__(*config)
        self.refuse: dict[str, list[int]] = {}
        self.into = 3  # the project that tasks are made in
        self.made = itertools.count(1)  # numbers of predictions

    def make(self, data: dict, *predictions: dict) -> int:
        id = self.add(data, project=self.into)
        self.rows[id]["predictions"] = []
        for one in predictions:
            self.predict(id, one)
        return id

    def predict(self, task: int, one: dict) -> None:
        kept = {key: value for key, value in one.items() if key != "task"}
        self.rows[task]["predictions"].append({"id": next(self.made), "score": None} | kept)

    def stored(self) -> list[tuple]:
        """What is there, whatever its numbers: each task's data and its predictions."""
        return sorted(
            (
                row["data"]["doc_id"],
                json.dumps(row["data"], sort_keys=True),
                json.dumps([one | {"id": 0} for one in row["predictions"]], sort_keys=True),
            )
            for row in self.rows.values()
        )

    def page(self, query: dict) -> tuple[int, dict]:
        said = json.loads(unquote(query["query"]))  # as the real one does
        return super().page(query | {"query": json.dumps(said)})

    def answer(self, path: str, query: dict, headers, body) -> tuple[int, object]:
        for part, statuses in self.refuse.items():
            if part in path and statuses:
                return statuses.pop(0), {"detail": "Not now"}
        if path == "api/projects/" and body:
            made = {"id": max(self.projects, default=0) + 1} | body
            self.projects[made["id"]] = made
            return 201, made
        if (match := re.fullmatch(r"api/projects/(\d+)/", path)) and body:
            self.projects[int(match[1])] |= body
            return 200, self.projects[int(match[1])]
        if match := re.fullmatch(r"api/projects/(\d+)/import", path):
            self.into = int(match[1])
            for task in body:
                self.make(task["data"], *task.get("predictions", ()))
            return 201, {"task_count": len(body)}
        if re.fullmatch(r"api/projects/\d+/import/predictions", path):
            if unknown := [one["task"] for one in body if one["task"] not in self.rows]:
                return 400, {"detail": f"Invalid task ID {unknown[0]}"}
            for one in body:
                self.predict(one["task"], one)
            return 201, {"created": len(body)}
        if match := re.fullmatch(r"api/predictions/(\d+)/", path):
            all = [one for row in self.rows.values() for one in row["predictions"]]
            [known] = [one for one in all if one["id"] == int(match[1])]
            known.update(body)
            return 200, known
        return super().answer(path, query, headers, body)
