"""What a chore may do, for `test_chores`: a module that is run as one."""

import os
import subprocess
import sys
import time


def linger() -> None:
    """Starts another process that keeps our pipes open, says who it is, and stays."""
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(f"{os.getpid()} {other.pid}", file=open(os.environ["SAY_WHERE"], "w"), flush=True)  # noqa: SIM115
    time.sleep(600)


def show() -> None:
    """What it was told, what it can see, and how nice it is."""
    nice, group = os.getpriority(os.PRIO_PROCESS, 0), os.getpgid(0) == os.getpid()
    print(sys.stdin.read(), os.environ.get("SECRET", ""), nice, group, sys.argv[1:])


def fall() -> None:
    """Says what is wrong, and what to do."""
    print("error: there is no such day\nName another.", file=sys.stderr)
    sys.exit(3)


if __name__ == "__main__":
    {"linger": linger, "show": show, "fall": fall}[sys.argv[1]]()
