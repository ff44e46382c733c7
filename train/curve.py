"""The learning curve: what the same training makes of fewer reports, and whether more would help."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from infer.schema import InputError
from train import dataset
from train.config import Config
from train.fit import LOG, fit, is_done

SIZES = (50, 100, 200)
PART = 4  # a run on fewer reports takes at least one PARTth of the full run's steps


def curve(config: Config, sizes: Sequence[int] | None = None) -> Path:
    """Fit on so many reports of the training split and on all; `curve.json` and `curve.svg` of strict dev F1.

    All are `data.limit` where the configuration sets it; without `sizes`, they are those of SIZES below all.
    Each size is a run folder of its own, so a broken curve goes on where it stopped; a smaller draw is
    part of a larger one. Fewer reports are read more often, so that none is scored half learnt.
    Returns the folder, `<runs>/<name>-curve`; raises InputError for a size that is not below the whole, and
    for a run folder of another configuration or other data.
    """
    whole = len(dataset.sample(dataset.load(config.data.train), config.data.limit, config.seed))
    if sizes is None:
        sizes = [size for size in SIZES if size < whole]
    if wrong := [size for size in sizes if not 0 < size < whole]:
        raise InputError(
            f"size {wrong[0]}: training takes {whole} reports of {config.data.train};"
            f" sizes are 1 to {whole - 1}"
        )
    points = {}
    for size in sorted({*sizes, whole}):
        run = _run_on(config, size, whole)
        if not is_done(run):
            fit(run)
        points[size] = best(run.folder)
    folder = Path(config.runs) / f"{config.name}-curve"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "curve.json").write_text(json.dumps(points, indent=2) + "\n", encoding="utf-8")
    draw(points, folder / "curve.svg")
    return folder


def _run_on(config: Config, size: int, whole: int) -> Config:
    epochs = max(config.fit.epochs, -(-config.fit.epochs * whole // (PART * size)))  # rounded up
    return replace(
        config,
        name=f"{config.name}-{size}",
        data=replace(config.data, limit=size),
        fit=replace(config.fit, epochs=epochs),
    )


def best(folder: Path) -> dict[str, float | None]:
    """Dev F1 by label, and of all, in the epoch that was kept."""
    log = folder / LOG
    lines = (
        [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    )
    if not lines:  # the log was lost after the last epoch: there is nothing left to train
        raise InputError(f"{log}: holds no epoch of the run; delete {folder}, and start again")
    best = max(lines, key=lambda line: line["dev"]["all"]["f1"] or 0)
    return {label: counts["f1"] for label, counts in best["dev"].items()}


def draw(points: dict[int, dict[str, float | None]], file: Path) -> None:
    """The curve as SVG: F1 over reports (logarithmic), a line a label, the whole in black.

    The same points make the same bytes.
    """
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    sizes = sorted(points)
    for label in points[sizes[-1]]:
        scores = [points[size].get(label) for size in sizes]
        percent = [float("nan") if score is None else 100 * score for score in scores]
        style = {"color": "black", "linewidth": 2.5} if label == "all" else {}
        axes.plot(sizes, percent, "o-", label=label, gid=f"curve-{label}", **style)
    axes.set(xscale="log", xlabel="training reports", ylabel="strict span F1 on dev (%)")
    axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    with matplotlib.rc_context({"svg.hashsalt": "curve"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
