#!/usr/bin/env bash
# The whole test suite where there is no network: a namespace of its own, whose only interface is the loopback
# that tests use among themselves. Linux; needs no rights of its own. Words are given on to pytest:
#   packaging/offline_suite.sh -q
set -euo pipefail
cd "$(dirname "$0")/.."
user=$(id -u) group=$(id -g)
if [ "$user" = 0 ]; then
    namespace=(unshare --net)
else
    # Only root may raise an interface: root of a namespace of one's own, in which one becomes oneself again.
    namespace=(unshare --net --map-root-user)
fi
exec "${namespace[@]}" python3 - "$user" "$group" "$@" <<'PYTHON'
import fcntl, socket, struct, subprocess, sys

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
user, group, *words = sys.argv[1:]
oneself = [] if user == "0" else ["unshare", "--user", f"--map-user={user}", f"--map-group={group}"]
tests = [*oneself, sys.executable, "-m", "pytest", *words]
sys.exit(subprocess.run(tests, stdin=subprocess.DEVNULL).returncode)
PYTHON
