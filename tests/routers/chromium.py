"""A browser for many pages, as a program: to start one takes longer than most tests. It says where it is, for those who
speak its protocol, and ends when its standard input is closed."""

import sys

from playwright.sync_api import sync_playwright

from app.cli.slates import free_port
from tests.routers.browsers import CHROMIUM


def main() -> None:
    port = free_port()
    with sync_playwright() as p:
        args = ["--no-sandbox", "--disable-gpu", f"--remote-debugging-port={port}"]
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=args)
        print(f"http://127.0.0.1:{port}", flush=True)
        sys.stdin.read()
        browser.close()


if __name__ == "__main__":
    main()
