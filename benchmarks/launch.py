"""Run a command and print what it cost: `python -I -S launch.py COMMAND…`.

On Linux a child's peak memory is never told below that of the process it was started from, so it is started
from this one, which imports next to nothing.
"""

import json
import os
import sys
import time

SILENT = os.open(os.devnull, os.O_WRONLY)
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of one unit of ru_maxrss

begun = time.perf_counter()
child = os.posix_spawnp(
    sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, SILENT, 1)]
)
_, status, used = os.wait4(child, 0)
cost = {
    "wall": time.perf_counter() - begun,
    "cpu": used.ru_utime + used.ru_stime,
    "peak": used.ru_maxrss * UNIT / 1e6,
}
print(json.dumps(cost))
sys.exit(os.waitstatus_to_exitcode(status) and 1)
