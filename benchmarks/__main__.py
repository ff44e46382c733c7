"""Comparisons of speed and memory, each in one run, as a Markdown table, and as JSON with -o."""

import argparse
import sys
from pathlib import Path

from benchmarks import inference, profile, table, training
from infer import checkpoint
from infer.schema import InputError

ROOT = Path(__file__).parent.parent


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        comparison = options.act(options)
        if options.output:
            table.write([comparison], options.output)
    except InputError as error:
        print(f"benchmarks: error: {error}", file=sys.stderr)
        return 2
    print(comparison.markdown(), end="")
    return 0


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _cold(options: argparse.Namespace) -> table.Comparison:
    return inference.cold(options.report, options.model, options.repeats, _tell)


def _throughput(options: argparse.Namespace) -> table.Comparison:
    return inference.throughput(options.reports, options.model, options.repeats, options.count, _tell)


def _memory(options: argparse.Namespace) -> table.Comparison:
    return inference.memory(options.model, options.most, options.longest, _tell)


def _training(options: argparse.Namespace) -> table.Comparison:
    return training.training(options.config, options.count, options.repeats, _tell)


def _profile(options: argparse.Namespace) -> table.Comparison:
    texts = inference.texts(options.reports)[: options.count]
    return profile.profile(texts, options.model, options.rows, _tell)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = _command(commands, "cold", _cold, "one report, from the command to its end")
    command.add_argument("--report", type=Path, default=ROOT / "examples" / "liptako-october.txt")
    command.add_argument("--repeats", type=_positive, default=5)
    command = _command(commands, "throughput", _throughput, "tokens a second over many reports")
    command.add_argument("--reports", type=Path, default=ROOT / "annotations" / "data" / "dev.json")
    command.add_argument("--count", type=_positive, default=40, help="reports read; default: %(default)s")
    command.add_argument("--repeats", type=_positive, default=3)
    command = _command(commands, "profile", _profile, "where the time of a report goes, by function")
    command.add_argument("--reports", type=Path, default=ROOT / "annotations" / "data" / "dev.json")
    command.add_argument("--count", type=_positive, default=40, help="reports read; default: %(default)s")
    command.add_argument("--rows", type=_positive, default=15, help="functions; default: %(default)s")
    command = _command(commands, "memory", _memory, "peak memory by number and by length of reports")
    command.add_argument("--most", type=_positive, default=1000, help="reports; default: %(default)s")
    command.add_argument(
        "--longest", type=_positive, default=100_000, help="characters; default: %(default)s"
    )
    command = _command(commands, "training", _training, "a pass of the tagger's training")
    command.add_argument("--config", default=str(ROOT / "configs" / "default.yaml"))
    command.add_argument("--count", type=_positive, default=40, help="reports; default: %(default)s")
    command.add_argument("--repeats", type=_positive, default=3)
    return parser


def _command(commands, name: str, act, told: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=told)
    command.add_argument("--model", type=Path, default=checkpoint.DEFAULT, help="default: infer/weights")
    command.add_argument("-o", dest="output", metavar="FILE.json", type=Path)
    command.set_defaults(act=act)
    return command


def _positive(word: str) -> int:
    if not word.isdigit() or not int(word):
        raise argparse.ArgumentTypeError(f"{word!r} is no whole number from 1 on")
    return int(word)


if __name__ == "__main__":
    sys.exit(main())
