"""The command: `python -m train CONFIG`, or one of COMMANDS by name.

Every CONFIG takes `key=value` overrides after it. With data.add=FILE or --pull a run is a retraining.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from infer import checkpoint
from infer.schema import InputError, not_installed
from train import choices, processes

TEST = "annotations/data/test.json"
DEV = "annotations/data/dev.json"
COMMANDS = ("run", "fit", "curve", "active", "export", "evaluate", "calibrate", "repack")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. A bare CONFIG means run."""
    options = _options(list(sys.argv[1:] if arguments is None else arguments))
    code = 2
    try:
        if processes.count() > 1 and options.act not in (_run, _fit):
            raise InputError("torchrun is for training, by run or fit; type python -m train for the rest")
        options.act(options)
        code = 0
    except InputError as error:
        processes.refuse(f"train: {error}")
    except ModuleNotFoundError as error:
        processes.refuse(f"train: {not_installed(error.name)}")
    processes.leave()
    return code


def _options(typed: list[str]) -> argparse.Namespace:
    """What the command line says; argparse alone takes no settings that stand after an option."""
    parser = _parser()
    bare = typed and typed[0] not in (*COMMANDS, "-h", "--help")
    options, late = parser.parse_known_args(["run", *typed] if bare else typed)
    if late and (not hasattr(options, "overrides") or any(word.startswith("-") for word in late)):
        parser.error(f"unrecognized arguments: {' '.join(late)}")
    if late:
        options.overrides += late
    options.typed = typed
    return options


def _settings(options: argparse.Namespace):
    """The configuration that the command line names."""
    from train import config

    settings = config.load(options.config, options.overrides)
    if settings.data.add and options.act is not _run:
        raise InputError("data.add is for a whole run; type: python -m train CONFIG data.add=FILE")
    return settings


def _run(options: argparse.Namespace) -> None:
    """Fit, export, and evaluate the checkpoint on dev and test; or retrain on more reports."""
    settings = _settings(options)
    if chosen := choices.read(options, adding=bool(settings.data.add)):
        if processes.count() > 1:
            raise InputError("retraining runs in one process; type: python -m train CONFIG data.add=FILE")
        _quiet()
        from train.retrain import named, retrain

        return retrain(named(settings, options.overrides), chosen)
    _fit(options)
    processes.first(lambda: _finish(options, settings))


def _finish(options: argparse.Namespace, settings) -> None:
    _export(options)
    for split in ("dev", "test"):
        _score(
            settings.folder / "checkpoint",
            getattr(settings.data, split),
            settings.folder / f"scores-{split}.json",
        )


def _fit(options: argparse.Namespace) -> None:
    settings = _settings(options)
    _quiet()
    from train.fit import fit

    processes.tell(f"model: {fit(settings)}")
    if settings.linker.epochs:
        from train.fit_linker import fit_linker

        processes.tell(f"linker: {fit_linker(settings)}")


def _export(options: argparse.Namespace) -> None:
    settings = _settings(options)
    _quiet()
    from train.export import export

    print(f"checkpoint: {export(settings)}", file=sys.stderr)


def _curve(options: argparse.Namespace) -> None:
    settings = _settings(options)
    _quiet()
    from train.curve import curve

    print(f"curve: {curve(settings, options.sizes)}", file=sys.stderr)


def _active(options: argparse.Namespace) -> None:
    settings = _settings(options)
    _quiet()
    from train import active

    folder = active.simulate(settings, options.first, options.more, options.seeds)
    print(active.table(json.loads((folder / active.RESULT).read_text(encoding="utf-8"))))
    print(f"active: {folder}", file=sys.stderr)


def _evaluate(options: argparse.Namespace) -> None:
    if options.card:
        return _card(options)
    data = options.data or (DEV if options.against else TEST)
    if options.output and options.output.suffix == ".json":
        return _counts(options, data)
    from train import compare, evaluate
    from train.report.write import report

    folder, scores = report(options.model, data, options.against, options.output)
    comparison = scores.get("comparison")
    print(compare.table(comparison) if comparison else evaluate.table(scores))
    print(f"report: {folder}", file=sys.stderr)


def _counts(options: argparse.Namespace, data: str) -> None:
    """The counts alone, into a file."""
    if not options.against:
        return _score(options.model, data, options.output)
    from train.compare import compare, table

    result = compare(options.against, options.model, data)
    print(table(result))
    _write(result, options.output)


def _card(options: argparse.Namespace) -> None:
    if options.against or options.output:
        raise InputError("--card writes model_card.md and nothing else; type it without --against and -o")
    from train.report.card import update

    for file in update(options.model, [options.data] if options.data else [DEV, TEST]):
        print(f"written: {file}", file=sys.stderr)


def _calibrate(options: argparse.Namespace) -> None:
    from train.calibrate import calibrate, table

    try:
        print(table(calibrate(options.model, options.data, options.output)))
    except OSError as error:
        raise InputError(
            f"{error.filename}: cannot be written ({error.strerror}); name a folder for -o"
        ) from None


def _repack(options: argparse.Namespace) -> None:
    from train.lean import repack

    repack(options.model, options.data)
    print(f"checkpoint: {options.model}", file=sys.stderr)


def _score(model: Path, data: str, output: Path | None) -> None:
    from train.evaluate import evaluate, table

    result = evaluate(model, data)
    print(table(result))
    _write(result, output)


def _write(result: dict, output: Path | None) -> None:
    if output:
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{output}: cannot be written ({error.strerror}); name a file for -o") from None


def _quiet() -> None:
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def _sizes(words: str) -> list[int]:
    try:
        return [int(word) for word in words.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r} is no list of numbers, such as 50,100,200") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = _configured(commands, "run", _run, "fit, export and evaluate (a bare CONFIG means this)")
    choices.add_arguments(command)
    _configured(commands, "fit", _fit, "train, or go on with a run that was broken off")
    command = _configured(commands, "curve", _curve, "fit on fewer reports too, and plot what more bring")
    sizes = "numbers of reports; default: those of 50,100,200 that are below all"
    command.add_argument("--sizes", metavar="N,N", type=_sizes, help=sizes)
    command = _configured(commands, "active", _active, "try what the least sure reports teach first")
    reports = "reports that are annotated at first; default: %(default)s"
    command.add_argument("--first", metavar="N", type=int, default=60, help=reports)
    words = "words that are annotated then; default: 10000,20000"
    command.add_argument("--more", metavar="N,N", type=_sizes, default=[10_000, 20_000], help=words)
    command.add_argument("--seeds", metavar="N", type=int, default=3, help="draws; default: %(default)s")
    _configured(commands, "export", _export, "write the checkpoint folder of a fitted run")
    command = commands.add_parser(
        "evaluate", help="score a checkpoint folder on annotated documents: a report"
    )
    command.add_argument(
        "--model", metavar="DIR", type=Path, default=checkpoint.DEFAULT, help="default: %(default)s"
    )
    against = "a checkpoint to compare it with: what is better, what worse, and how sure that is"
    command.add_argument("--against", metavar="DIR", type=Path, help=against)
    command.add_argument("--data", metavar="FILE", help=f"default: {TEST}; with --against {DEV}")
    folder = "a folder for the report (default: runs/<name>/report), or FILE.json for the counts alone"
    command.add_argument("-o", dest="output", metavar="OUT", type=Path, help=folder)
    card = f"score {DEV} and {TEST}, and write the figures into model_card.md"
    command.add_argument("--card", action="store_true", help=card)
    command.set_defaults(act=_evaluate)
    command = commands.add_parser("calibrate", help="fit events' confidence to how often they are right")
    command.add_argument(
        "--model", metavar="DIR", type=Path, default=checkpoint.DEFAULT, help="changed; default: %(default)s"
    )
    command.add_argument("--data", metavar="FILE", default=DEV, help="default: %(default)s")
    folder = "a folder for the figures and the plot; default: runs/<name>/calibration"
    command.add_argument("-o", dest="output", metavar="DIR", type=Path, help=folder)
    command.set_defaults(act=_calibrate)
    command = commands.add_parser("repack", help="make an older checkpoint as quick and small as new ones")
    command.add_argument(
        "--model", metavar="DIR", type=Path, default=checkpoint.DEFAULT, help="changed; default: %(default)s"
    )
    command.add_argument(
        "--data", metavar="FILE", default=DEV, help="read before and after; default: %(default)s"
    )
    command.set_defaults(act=_repack)
    return parser


def _configured(commands, name: str, act: Callable, help_text: str) -> argparse.ArgumentParser:
    """A command that takes a configuration and overrides."""
    command = commands.add_parser(name, help=help_text)
    command.add_argument("config", metavar="CONFIG", help="a YAML file, such as configs/default.yaml")
    command.add_argument("overrides", metavar="key=value", nargs="*", help="settings, such as fit.epochs=3")
    command.set_defaults(act=act)
    return command


if __name__ == "__main__":
    sys.exit(main())
