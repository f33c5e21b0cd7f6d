#!/bin/sh
# A RUN step of the Dockerfile: the user Crosscourt runs as, and the data directory that only this user can read.
# The embedded Postgres needs the user to have a name. An argument is a root directory other than /.
set -eu
root=${1:-}
useradd ${root:+--prefix "$root"} --uid 10001 --user-group --no-create-home --home-dir /var/lib/crosscourt \
    --shell /usr/sbin/nologin crosscourt
install -d -m 0755 "$root/var/lib"
install -d -m 0700 -o 10001 -g 10001 "$root/var/lib/crosscourt"
