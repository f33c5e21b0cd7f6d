"""The HEALTHCHECK of the Dockerfile: succeeds while the API in this container answers. Nothing but Python is needed."""

import os
import urllib.request

port = os.environ.get("API__PORT", "8000")
urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5).close()  # raises on anything but success
