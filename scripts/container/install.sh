#!/bin/sh
# A RUN step of the Dockerfile: the pinned dependencies and Crosscourt itself in a virtual environment of their own.
# Run in the source tree: scripts/container/install.sh /opt/venv /opt/wheelhouse
# Where fetch.sh has filled the second, nothing is asked of any network.
set -eu
venv=$1
wheels=$2
python3 -m venv "$venv"
install="$venv/bin/python -m pip install --disable-pip-version-check -qq"
[ ! -e "$wheels/complete" ] || install="$install --no-index --find-links $wheels"
$install --require-hashes -r requirements-run.lock
$install --no-build-isolation --no-deps --editable .  # editable: migrations are read beside pyproject.toml
"$venv/bin/python" -m compileall -q app routers workers  # the running container cannot write
"$venv/bin/crosscourt" --help >/dev/null
