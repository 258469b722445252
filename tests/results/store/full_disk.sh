#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# full_disk.sh STORE_TOOL: a run does not fit. Exit status, one line, nothing left, old file intact;
# once with a limit on the size of files, once on a real full disk (needs root and mount namespaces).
set -eu
tool=$1
export GCOV_ERROR_FILE=/dev/null # an instrumented program cannot write its counters either

fail() {
    echo "$1" >&2
    exit 1
}

# refused FOLDER REASON COMMAND...: the command fails with one line that ends in REASON
refused() {
    folder=$1
    reason=$2
    shift 2
    before=$(sha256sum "$folder/run.h5")
    status=0
    message=$("$@" 2>&1) || status=$?
    [ "$status" -eq 1 ] || fail "exit $status, expected 1: $message"
    [ "$(echo "$message" | wc -l)" -eq 1 ] || fail "not one line: $message"
    case $message in
        *"$reason") ;;
        *) fail "no '$reason': $message" ;;
    esac
    [ ! -e "$folder/run.h5.tmp" ] || fail 'run.h5.tmp was left behind'
    [ "$before" = "$(sha256sum "$folder/run.h5")" ] || fail 'the old file was touched'
}

limited() {
    # blocks of 512 bytes; the signal must not end the program
    (trap '' XFSZ && ulimit -f "$1" && "$tool" write "$2/run.h5" 2 8 6000 0 0 "$3")
}

on_full_disk() {
    mount -t tmpfs -o size=400k tmpfs "$1" || return 77
    "$tool" write "$1/run.h5" 1 2 10 0 0 gzip
    for compression in none gzip; do
        refused "$1" 'No space left on device' "$tool" write "$1/run.h5" 2 8 6000 0 0 $compression
    done
    umount "$1"
}

if [ "${2:-}" = mounted ]; then
    on_full_disk "$3"
    exit
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$tool" write "$folder/run.h5" 1 2 10 0 0 gzip
# not less than 2: LLVM's OpenMP keeps 1024 bytes in a file of its own and crashes without them
for blocks in 2 7 40 300 1000; do
    for compression in none gzip; do
        refused "$folder" 'File too large' limited $blocks "$folder" $compression
    done
done
mkdir "$folder/disk"
if unshare -m true 2>/dev/null; then
    unshare -m sh "$0" "$tool" mounted "$folder/disk" || {
        [ $? -eq 77 ] && echo 'no tmpfs here: only the size of files was limited' || exit 1
    }
else
    echo 'no mount namespaces here: only the size of files was limited'
fi
