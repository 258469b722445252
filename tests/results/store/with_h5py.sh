#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# with_h5py.sh SCRIPT ARGUMENTS...: runs a Python script with the first interpreter that has h5py;
# exit 77 (skipped) when there is none.
for python in /usr/bin/python3 python3; do
    if "$python" -c 'import h5py' 2>/dev/null; then
        exec "$python" -B "$@"
    fi
done
echo 'skipped: no Python with h5py (Debian: python3-h5py)'
exit 77
