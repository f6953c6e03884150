#!/usr/bin/env bash
# The whole test suite where there is no network: a namespace of its own, whose only interface is the loopback
# that tests use among themselves. Linux; needs no other rights. Words are given on to pytest:
#   packaging/offline_suite.sh -q
set -euo pipefail
cd "$(dirname "$0")/.."
exec unshare --net --map-root-user python3 - "$@" <<'PYTHON'
import fcntl, os, socket, struct, subprocess, sys

SET_FLAGS, UP = 0x8914, 1
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))
assert [name for _, name in socket.if_nameindex()] == ["lo"], socket.if_nameindex()
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    print(f"no network: {error}", flush=True)
else:
    sys.exit("there is a network after all")
sys.exit(subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], stdin=subprocess.DEVNULL).returncode)
PYTHON
