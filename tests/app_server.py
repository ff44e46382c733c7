"""An app of ours behind a real server on a free port of this machine."""

import contextlib
import threading
import time

import uvicorn


@contextlib.contextmanager
def serving(app):
    """The address of the app, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
