#!/bin/sh
# The image, with whatever builds images here: scripts/container/build.sh [NAME [PACKAGE...]]    without those packages
# The network is needed for the wheels and the base image the first time; never by the build itself, nor by what it makes.
set -eu
cd "$(dirname "$0")/../.."
name=${1:-crosscourt}
[ $# = 0 ] || shift
engine=
for each in docker podman buildah; do
    if command -v "$each" >/dev/null && "$each" info >/dev/null 2>&1; then
        engine=$each
        break
    fi
done
[ -n "$engine" ] || { echo "Nothing here builds images: start docker, podman or buildah." >&2; exit 1; }
scripts/container/fetch.sh wheelhouse
exec "$engine" build --network none --build-arg "WITHOUT=$*" --tag "$name" .
