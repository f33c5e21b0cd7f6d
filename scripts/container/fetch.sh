#!/bin/sh
# Every wheel that the image is made of, once: scripts/container/fetch.sh wheelhouse [x86_64|aarch64]
# Asks nobody when all that the lock names is there already. Any Python with pip will do: the image's own is named here.
set -eu
there=$1
machine=${2:-$(uname -m)}
locked=$(sha256sum requirements-run.lock)
[ "$(cat "$there/complete" 2>/dev/null)" = "$locked" ] && exit 0
platforms="--platform manylinux1_$machine --platform manylinux2010_$machine --platform manylinux2014_$machine"
for minor in $(seq 5 36); do platforms="$platforms --platform manylinux_2_${minor}_$machine"; done # of the image's libc
rm -f "$there"/*.whl "$there/complete"
# shellcheck disable=SC2086  # they are words
"${PYTHON:-python3}" -m pip download --disable-pip-version-check -q --only-binary=:all: --implementation cp \
    --python-version 3.11 $platforms --no-deps --require-hashes -r requirements-run.lock --dest "$there"
echo "$locked" >"$there/complete"
