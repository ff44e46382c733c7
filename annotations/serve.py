"""`python -m annotations serve`: the backend as a service, its model loaded before its port is opened."""

import argparse
import logging
import os
import shlex
import socket
import sys
from pathlib import Path

from annotations import server
from annotations.access import PASSWORD, USER, Credentials, Guard
from annotations.trainings import PROJECT, RUN, Trainings
from infer import options
from infer.schema import InputError

CONFIG = "configs/default.yaml"
LOGS = Path("runs") / "serve"
LOCAL = ("127.0.0.1", "::1", "localhost")
PATIENCE = 5  # seconds that requests under way are given when the service ends

log = logging.getLogger(__name__)


def add_parser(commands) -> None:
    parser = commands.add_parser("serve", help="be the backend that Label Studio asks for predictions")
    parser.add_argument("--host", default=LOCAL[0], help="address to listen on; default: %(default)s")
    parser.add_argument("--port", type=_port, default=9090, help="default: %(default)s; 0: any that is free")
    options.add_model(parser.add_argument)
    after = "train after every N annotations made or changed; default: only when Label Studio asks to"
    parser.add_argument("--train-after", type=options.count_of("annotations"), metavar="N", help=after)
    command = (
        f"what trains, with {PROJECT} for the project's number and {RUN} for that of the training; "
        f"default: python -m train {CONFIG} --pull and so on"
    )
    parser.add_argument("--train-command", metavar="COMMAND", help=command)
    server.add_arguments(parser, project=False)
    logs = "folder for what trainings print; default: %(default)s"
    parser.add_argument("--logs", type=Path, default=LOGS, metavar="DIR", help=logs)
    parser.epilog = (
        f"Trainings take the token from the environment variable {server.TOKEN}. Where {USER} and {PASSWORD} "
        "are set there, every request has to bring them."
    )
    parser.set_defaults(run=run)


def _port(argument: str) -> int:
    if not (argument.isdecimal() and int(argument) < 65536):
        raise argparse.ArgumentTypeError(f"{argument!r} is no port; give a number from 0 to 65535")
    return int(argument)


def run(given: argparse.Namespace) -> int:
    """Serve until told to end."""
    import uvicorn

    from annotations.backend import Backend
    from annotations.predictions import Model

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for noisy in ("uvicorn", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    credentials = Credentials.of_environment()
    environment = _environment(given)
    model = Model(given.model)
    command = shlex.split(given.train_command) if given.train_command else train_command(model.folder)
    trainings = environment and Trainings(command, environment, given.logs, model.refresh)
    app = Backend(model, trainings, given.train_after).app()
    with _listening(given.host, given.port) as opened:
        log.info("%s serves %s", _address(opened), model.current.version)
        if not credentials and given.host not in LOCAL:
            log.warning("whoever reaches it may use it; set %s and %s to ask for a password", USER, PASSWORD)
        config = uvicorn.Config(
            Guard(app, credentials) if credentials else app,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=PATIENCE,
        )
        try:
            uvicorn.Server(config).run(sockets=[opened])
        except KeyboardInterrupt:  # how it is told to end
            log.info("ended")
    return 0


def _environment(given: argparse.Namespace) -> dict[str, str] | None:
    """What a training reads its server's address and token from; None where it could not train."""
    token = os.environ.get(server.TOKEN, "")
    needed = {server.URL: given.url, server.TOKEN: token}
    missing = [f"no {name} in the environment" for name, value in needed.items() if not value]
    if not (given.train_command or Path(CONFIG).is_file()):
        missing.append(f"no {CONFIG} here (and no --train-command)")
    if not missing:
        return {server.URL: server.address(given.url), server.TOKEN: token}
    if given.train_after:
        raise InputError(f"--train-after: there is {', '.join(missing)}; training needs it")
    log.info("no trainings: there is %s", ", ".join(missing))
    return None


def train_command(weights: Path) -> list[str]:
    """What trains where no command is named: each training pulls anew, into a run of its own."""
    train = [sys.executable, "-m", "train", CONFIG, f"name=serve-{RUN}", "--pull", "--project", PROJECT]
    return [*train, "--against", str(weights)]


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise InputError(
            f"{host} port {port} cannot be had ({error.strerror}); choose others with --host and --port"
        ) from None


def _address(opened: socket.socket) -> str:
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
