"""Where a report stands in Label Studio: the address of its task, as far as an export tells."""

import os
from pathlib import Path

from annotations import labelstudio, server


def links(data: str) -> dict[str, str]:
    """The addresses of an annotated file's reports, by their ids; none where the server is not known.

    The server is the environment's (`annotations.server.URL`); a task has its own number and its project's
    in an export and in what `pull` writes.
    """
    url = os.environ.get(server.URL)
    if not url or Path(data).suffix != ".json":
        return {}
    base = server.address(url)
    return {
        raw["data"]["doc_id"]: f"{base}projects/{raw['project']}/data?task={raw['id']}"
        for raw in labelstudio.read_file(data)
        if all(type(raw.get(key)) is int for key in ("id", "project"))
    }
