"""Retraining on added reports: audited, trained, compared on dev; better weights take the place of the old.

Every step that is done is not done again: the same command goes on where a broken run stopped.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from infer import checkpoint
from infer.schema import InputError
from train import added, compare, rules, swap
from train.added import free_name, tell
from train.choices import ALWAYS, IF_BETTER, NEVER, Choices
from train.config import Config

NEEDED = 0.95  # share of resamples in which all slots on dev have to be better
COMPARISON, TEST_SCORES = "compare.json", "scores-test.json"
PULL = ("-m", "annotations", "pull")


def named(config: Config, overrides: Sequence[str]) -> Config:
    """The configuration under a name of its own where none was given: its folder is another run's."""
    if any(override.startswith("name=") for override in overrides):
        return config
    return replace(config, name=f"{config.name}-retrained")


def retrain(config: Config, choices: Choices) -> None:
    """The whole story. Raises InputError where a step is refused."""
    _ready(choices)
    run = added.joined(_pulled(config, choices))
    new = trained(run)
    if checkpoint.load(new).digest() == checkpoint.load(choices.weights).digest():
        tell(f"{choices.weights}: has the weights of this run already; see {run.folder / COMPARISON}")
    else:
        _decide(choices, new, _compared(run, new, choices.weights))
    _test(run, choices.weights)


def _ready(choices: Choices) -> None:
    """InputError before anything is trained, where the end could not be reached."""
    if swap.recover(choices.weights):
        tell(f"{choices.weights}: put back; a swap was broken off")
    compare.load(choices.weights)
    if choices.replaced != NEVER:
        swap.check(choices.weights)


def _pulled(config: Config, choices: Choices) -> Config:
    """The configuration with what was annotated in Label Studio among the added files."""
    if choices.project is None:
        return config
    named, preferred = choices.project, []
    if choices.prefer:
        named, preferred = f"{named}-by-{choices.prefer}", ["--prefer", choices.prefer]
    file = config.folder / f"pulled-{re.sub('[^A-Za-z0-9]+', '-', named)}.json"
    config = replace(config, data=replace(config.data, add=(*config.data.add, str(file))))
    rules.check(config)
    if file.exists():
        tell(f"{file}: pulled before, taken as it is; for what came since, type name={free_name(config)}")
        return config
    file.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, *PULL, "--project", choices.project, *preferred, "-o", str(file)]
    code = subprocess.run(command).returncode
    if code or not file.exists():
        file.unlink(missing_ok=True)  # the next run pulls what was mended
        raise InputError(f"python -m annotations pull ended with {code}, see above; nothing was trained")
    return config


def trained(run: Config) -> Path:
    """The calibrated checkpoint of the run; what its folder holds already stays."""
    from train import fit, fit_linker
    from train.export import export

    if not fit.is_done(run):
        tell(f"model: {fit.fit(run)}")
    if run.linker.epochs and not fit_linker.is_done(run):
        tell(f"linker: {fit_linker.fit_linker(run)}")
    made = run.folder / "checkpoint"
    if not made.exists():
        tell(f"checkpoint: {export(run)}")
    if not checkpoint.load(made).calibration:
        _calibrate(run, made)
    return made


def _calibrate(run: Config, made: Path) -> None:
    from train.calibrate import calibrate

    folder = run.folder / "calibration"
    try:
        calibrate(made, run.data.dev, folder)
        tell(f"calibration: {folder}")
    except InputError as error:  # too few events: they keep their raw confidence
        tell(f"not calibrated: {error}")


def _compared(run: Config, new: Path, weights: Path) -> dict:
    result = compare.compare(weights, new, run.data.dev)
    print(compare.table(result))
    _keep(run.folder / COMPARISON, result)
    return result


def _decide(choices: Choices, new: Path, result: dict) -> None:
    """Replace the weights or not, and say why."""
    better = result["measures"]["slots"]["better"]
    seen = "no slot can be scored" if better is None else f"better in {100 * better:.2f} % of resamples"
    reason = f"slots on dev: {seen}, {100 * NEEDED:.0f} % needed"
    enough = better is not None and better >= NEEDED
    if choices.replaced == ALWAYS or choices.replaced == IF_BETTER and enough:
        swap.swap(new, choices.weights)
        print(f"\n{choices.weights}: replaced ({reason})")
    else:
        print(f"\n{choices.weights}: kept ({reason}); to replace them type: {choices.again}")


def _test(run: Config, weights: Path) -> None:
    """The scores on test of the weights that stand, made once and kept."""
    from train.evaluate import evaluate, table

    file = run.folder / TEST_SCORES
    result = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    if not result or result["model"]["sha256"] != checkpoint.load(weights).digest():
        result = evaluate(weights, run.data.test)
        _keep(file, result)
    print(f"\n{table(result)}")


def _keep(file: Path, result: dict) -> None:
    file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
