"""HTTP basic authentication before everything that a service answers."""

import base64
import binascii
import hmac
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from infer.schema import InputError

USER, PASSWORD = "BASIC_AUTH_USER", "BASIC_AUTH_PASS"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    user: str
    password: str = field(repr=False)

    @classmethod
    def of_environment(cls) -> Self | None:
        """Those of the environment, None where there are none; InputError for half of them."""
        user, password = os.environ.get(USER, ""), os.environ.get(PASSWORD, "")
        if bool(user) != bool(password):
            given, missing = (USER, PASSWORD) if user else (PASSWORD, USER)
            raise InputError(f"{given} is set and {missing} is not; set both of them, or neither")
        if ":" in user:
            raise InputError(f"{USER} holds a colon, which ends a user's name; choose one without")
        return cls(user, password) if user else None

    def match(self, header: bytes) -> bool:
        """Whether an Authorization header is ours; takes as long whatever is wrong with it."""
        kind, _, said = header.partition(b" ")
        try:
            told = base64.b64decode(said.strip(), validate=True)
        except binascii.Error:
            told = b""
        right = [hmac.compare_digest(told, form) for form in self._forms()]
        return any(right) and kind.lower() == b"basic"

    def _forms(self) -> Iterator[bytes]:
        """As clients send them: in UTF-8, or in Latin-1 where that is possible, as Label Studio's does."""
        whole = f"{self.user}:{self.password}"
        yield whole.encode()
        with suppress(UnicodeEncodeError):
            yield whole.encode("latin-1")


class Guard:
    """An ASGI application that lets requests with the right credentials through to another."""

    def __init__(self, app, credentials: Credentials):
        self.app, self.credentials = app, credentials

    async def __call__(self, scope, receive, send):
        given = dict(scope.get("headers", ())).get(b"authorization", b"")
        if scope["type"] != "http" or self.credentials.match(given):
            await self.app(scope, receive, send)
            return
        wrong = "another password" if given else "no password"
        log.warning("%s %r refused: it came with %s", scope["method"], scope["path"], wrong)
        body = b'{"error":"needed: the user and password that this backend was started with"}'
        headers = [(b"content-type", b"application/json"), (b"www-authenticate", b'Basic realm="backend"')]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": body})
