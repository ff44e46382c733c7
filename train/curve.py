"""The learning curve: what the same training makes of fewer reports, and whether more would help."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from infer.schema import InputError
from train import dataset
from train.config import Config
from train.fit import LOG, fit

LEAST_STEPS = 0.5  # share of the full run's steps that a run on fewer reports takes at least


def curve(config: Config, sizes: Sequence[int]) -> Path:
    """Fit on so many reports of the training split and on all; `curve.json` and `curve.svg` of strict dev F1.

    Each size is a run folder of its own, so a broken curve goes on where it stopped; a smaller draw is
    part of a larger one. Fewer reports are read more often, so that none is scored half learnt.
    Returns the folder, `<runs>/<name>-curve`; raises InputError for a size that is not below the whole.
    """
    whole = len(dataset.load(config.data.train))
    if wrong := [size for size in sizes if not 0 < size < whole]:
        raise InputError(
            f"size {wrong[0]}: {config.data.train} holds {whole} reports; sizes are 1 to {whole - 1}"
        )
    points = {}
    for size in sorted({*sizes, whole}):
        run = _run_on(config, size, whole)
        if not (run.folder / "model" / "model.safetensors").exists():
            fit(run)
        points[size] = _best(run.folder / LOG)
    folder = Path(config.runs) / f"{config.name}-curve"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "curve.json").write_text(json.dumps(points, indent=2) + "\n", encoding="utf-8")
    draw(points, folder / "curve.svg")
    return folder


def _run_on(config: Config, size: int, whole: int) -> Config:
    epochs = math.ceil(config.fit.epochs * max(1, LEAST_STEPS * whole / size))
    return replace(
        config,
        name=f"{config.name}-{size}",
        data=replace(config.data, limit=size),
        fit=replace(config.fit, epochs=epochs),
    )


def _best(log: Path) -> dict[str, float | None]:
    """Dev F1 by label, and of all, in the epoch that was kept."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    best = max(lines, key=lambda line: line["dev"]["all"]["f1"] or 0)
    return {label: counts["f1"] for label, counts in best["dev"].items()}


def draw(points: dict[int, dict[str, float | None]], file: Path) -> None:
    """The curve as SVG: F1 over reports (logarithmic), a line a label, the whole in black."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    sizes = sorted(points)
    for label in points[sizes[-1]]:
        scores = [points[size].get(label) for size in sizes]
        style = {"color": "black", "linewidth": 2.5} if label == "all" else {}
        axes.plot(sizes, [math.nan if s is None else 100 * s for s in scores], "o-", label=label, **style)
    axes.set(xscale="log", xlabel="training reports", ylabel="strict span F1 on dev (%)")
    axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
