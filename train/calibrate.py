"""Fits what a checkpoint's events say of themselves to how often they are right.

A record is right where it is exact by the scorer's alignment (`annotations.event_pairs`): every slot, and
nothing added. Targets are smoothed as Platt 1999 ("Probabilistic outputs for support vector machines") does,
so that a few reports cannot make the map sure of itself. The expected calibration error is Naeini, Cooper and
Hauskrecht 2015's, over bins of equal mass (Nguyen and O'Connor 2015); equal confidences share a bin.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import minimize
from scipy.stats import rankdata

from annotations.event_pairs import Pairing
from infer import checkpoint
from infer.calibration import EDGE, Calibration
from infer.schema import Document, InputError
from infer.tagger import Tagger
from train import dataset
from train.evaluate import described
from train.judging import predicted, run_folder

FOLDS = 10  # at most; never more than there are reports with events
BINS = 10
STEEPEST = 50.0  # of a and b
LEAST = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Judged:
    """The events of all reports: index of the report, confidence, and whether the record is right."""

    report: np.ndarray
    confidence: np.ndarray
    right: np.ndarray


def calibrate(model: Path | str, data: str, output: Path | None = None) -> dict:
    """Fit the map on the annotated file and write it into the checkpoint's config.json.

    `calibration.json` and `reliability.svg` go to `output`, or to runs/<name>/calibration. Returns what is
    in the JSON; raises InputError where there is too little to fit on.
    """
    tagger = Tagger(model)
    gold = dataset.load(data)
    judged = judge(gold, tagger)
    if len(np.unique(judged.report)) < 2:
        raise InputError(f"{data}: events were found in fewer than two reports; nothing to fit a map on")
    fitted = fit(judged.confidence, judged.right)
    shown = cross_validated(judged, [document.id for document in gold])
    result = {
        "model": {"name": tagger.checkpoint.name, "version": tagger.checkpoint.version},
        "data": described(data, gold),
        "calibration": asdict(fitted),
        "events": len(judged.right),
        "right": int(judged.right.sum()),
        "ranking": ranking(judged.confidence, judged.right),
        "raw": measures(judged.confidence, judged.right),
        "cross_validated": measures(shown, judged.right),
        "min_confidence": [kept(shown, judged.right, least) for least in LEAST],
    }
    folder = output or run_folder(tagger.checkpoint) / "calibration"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calibration.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    draw(result, folder / "reliability.svg")
    checkpoint.write_calibration(Path(model), fitted)
    return result


def judge(gold: Sequence[Document], tagger: Tagger) -> Judged:
    """Read the reports end to end, without any map, and judge the events that the scorer counts."""
    tagger.checkpoint = replace(tagger.checkpoint, calibration=None)
    return of_pairings(list(map(Pairing, gold, predicted(gold, tagger))))


def of_pairings(pairings: Sequence[Pairing]) -> Judged:
    """The events that the scorer counts, of reports whose events are aligned with gold's."""
    rows = []
    for index, pairing in enumerate(pairings):
        exact = {id(pair.predicted) for pair in pairing.scored if pair.exact()}
        rows += [(index, event.confidence, id(event) in exact) for event in pairing.predicted]
    report, confidence, right = zip(*rows, strict=True) if rows else ((), (), ())
    return Judged(np.array(report, int), np.array(confidence, float), np.array(right, bool))


def features(confidence: np.ndarray) -> np.ndarray:
    p = np.clip(confidence, EDGE, 1 - EDGE)
    return np.stack([np.log(p), -np.log1p(-p), np.ones_like(p)], axis=1)


def fit(confidence: np.ndarray, right: np.ndarray) -> Calibration:
    """The likeliest monotone map; the loss is convex, so that the start does not matter."""
    x, hits = features(confidence), right.sum()
    wanted = np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        odds = x @ weights
        return (
            float(np.mean(np.logaddexp(0, odds) - wanted * odds)),
            x.T @ (1 / (1 + np.exp(-odds)) - wanted) / len(odds),
        )

    bounds = [(0, STEEPEST), (0, STEEPEST), (None, None)]
    found = minimize(loss, np.array([1.0, 1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
    return Calibration(*(round(float(weight), 6) for weight in found.x))


def cross_validated(judged: Judged, ids: Sequence[str]) -> np.ndarray:
    """Each event's confidence by a map that was fitted without any event of its report's fold."""
    reports = sorted(set(judged.report.tolist()), key=lambda i: hashlib.sha256(ids[i].encode()).digest())
    folds = min(FOLDS, len(reports))
    fold_of = {report: place % folds for place, report in enumerate(reports)}
    fold = np.array([fold_of[report] for report in judged.report.tolist()])
    mapped = np.empty_like(judged.confidence)
    for held in range(folds):
        rest = fold != held
        one = fit(judged.confidence[rest], judged.right[rest])
        mapped[~rest] = [one(p) for p in judged.confidence[~rest]]
    return mapped


def bins(confidence: np.ndarray, right: np.ndarray) -> list[dict]:
    """Mean confidence, share right and size of at most BINS bins of equal mass."""
    edges = np.quantile(confidence, np.arange(1, BINS) / BINS)
    place = np.searchsorted(edges, confidence, side="left")
    return [
        {
            "confidence": float(confidence[place == i].mean()),
            "right": float(right[place == i].mean()),
            "events": int((place == i).sum()),
        }
        for i in np.unique(place)
    ]


def measures(confidence: np.ndarray, right: np.ndarray) -> dict:
    found = bins(confidence, right)
    error = sum(b["events"] * abs(b["confidence"] - b["right"]) for b in found) / len(right)
    brier = float(np.mean((confidence - right) ** 2))
    return {"expected_calibration_error": error, "brier": brier, "bins": found}


def ranking(confidence: np.ndarray, right: np.ndarray) -> float | None:
    """How often a right record has the greater confidence of a right and a wrong one (area under the ROC)."""
    hits = int(right.sum())
    others = len(right) - hits
    if not hits or not others:
        return None
    above = rankdata(confidence)[right].sum() - hits * (hits + 1) / 2
    return float(above / (hits * others))


def kept(confidence: np.ndarray, right: np.ndarray, least: float) -> dict:
    """What `--min-confidence` leaves: how many events, and of those the right ones."""
    stays = confidence >= least
    return {"least": least, "events": int(stays.sum()), "right": int(right[stays].sum())}


def table(result: dict) -> str:
    """The result as plain text."""
    model, data, a_map = result["model"], result["data"], result["calibration"]
    errors = (result[key]["expected_calibration_error"] for key in ("raw", "cross_validated"))
    briers = (result[key]["brier"] for key in ("raw", "cross_validated"))
    lines = [
        f"{model['name']} {model['version']} on {data['file']}: {result['events']} events of "
        f"{data['documents']} documents, {_share(result['right'], result['events'])} % right in every slot",
        "expected calibration error: {:.3f} raw, {:.3f} calibrated (cross-validated by report)".format(
            *errors
        ),
        "Brier score: {:.3f} raw, {:.3f} calibrated".format(*briers),
        f"right ranked above wrong: {_rate(result['ranking'])} (0.500 is chance)",
        "log-odds = {a} ln p - {b} ln(1-p) + {c}".format(**a_map),
        "",
        f"{'--min-confidence':<18}{'events':>8}{'right %':>9}{'of the right ones %':>21}",
    ]
    for row in result["min_confidence"]:
        precise, found = _share(row["right"], row["events"]), _share(row["right"], result["right"])
        lines.append(f"{row['least']:<18}{row['events']:>8}{precise:>9}{found:>21}")
    return "\n".join(lines)


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


def draw(result: dict, file: Path) -> None:
    """The reliability plot as SVG: share right over mean confidence, bin by bin; the diagonal is right.

    The same result makes the same bytes.
    """
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="black", linewidth=0.8, linestyle=":")
    for key, name, color in (
        ("raw", "raw", "tab:gray"),
        ("cross_validated", "calibrated (cross-validated)", "tab:blue"),
    ):
        points = result[key]["bins"]
        error = result[key]["expected_calibration_error"]
        axes.plot(
            [p["confidence"] for p in points],
            [p["right"] for p in points],
            marker="o",
            color=color,
            label=f"{name}: error {error:.3f}",
        )
    axes.set(
        xlim=(0, 1),
        ylim=(0, 1),
        xlabel="confidence of an event",
        ylabel="share of records right in every slot",
    )
    axes.legend(loc="upper left")
    with matplotlib.rc_context({"svg.hashsalt": file.name, "svg.fonttype": "none"}):
        figure.savefig(file, metadata={"Date": None})
