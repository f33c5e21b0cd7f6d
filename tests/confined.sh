#!/bin/sh
# Starts a command as an engine would start the image, and ends well when the health check does: another user without
# rights (but to read what lies in root's folders here), no network, nothing that can be written but the data directory
# and /tmp. `unshare --mount --net --pid --fork --mount-proc --kill-child` before it.
# confined.sh ROOT USER IMAGE LENDER COMMAND...    ROOT: where add_user.sh was run. IMAGE: what was built, with `srv` in it.
# LENDER: where the packages lie that it was lent
set -eu
root=$1 user=$2 image=$3 lender=$4
shift 4
ip link set lo up
mount --bind "$root/etc/passwd" /etc/passwd
mount --bind "$root/var/lib/crosscourt" /mnt
mount --bind "$image" /media
mount --bind "$lender" /srv
mount -t tmpfs -o mode=1777 tmpfs /tmp # a folder of pytest's would let nobody pass
mkdir -p "$image" "$lender"
mount --bind /media "$image"
mount --bind /srv "$lender"
mount -o remount,bind,ro "$image"
mount -o remount,bind,ro /
! touch "$image/written" 2>/dev/null # or this is not what is to be seen
cd "$image/srv"
export DATA_DIR=/mnt PYTHONDONTWRITEBYTECODE=1
unset TMPDIR
as_user() { setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --inh-caps=-all,+dac_read_search \
    --ambient-caps=-all,+dac_read_search --bounding-set=-all,+dac_read_search "$@"; }
as_user "$@" &
for _ in $(seq 240); do
    as_user python3 scripts/container/check_health.py 2>/dev/null && exit 0
    kill -0 $! 2>/dev/null || exit 1
    sleep 1
done
exit 1
