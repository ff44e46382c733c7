"""The small Label Studio with what a push speaks to: projects and tasks are made, predictions are kept."""

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

    def make(self, data: dict, *predictions: dict) -> int:
        id = self.add(data, project=self.into)
        self.rows[id]["predictions"] = [dict(one) for one in predictions]
        return id

    def stored(self) -> list[tuple]:
        """What is there, whatever its numbers: each task's data and its predictions."""
        return sorted(
            (
                row["data"]["doc_id"],
                json.dumps(row["data"], sort_keys=True),
                json.dumps(row["predictions"], sort_keys=True),
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
            for one in body:
                self.rows[one["task"]]["predictions"].append({k: v for k, v in one.items() if k != "task"})
            return 201, {"created": len(body)}
        return super().answer(path, query, headers, body)
