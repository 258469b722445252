# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the verbs of ./dev. Sourced with the project's root as working directory.

# for the scripts that a verb runs too
export TITR_NO_INSTALL=${TITR_NO_INSTALL:-0}
export TITR_PACKAGED_SUNDIALS=${TITR_PACKAGED_SUNDIALS:-0}
titr_logs=build/logs

say() { printf '%s\n' "$*"; }
note() { printf 'note: %s\n' "$*" >&2; }
die() { local code=$1; shift; printf '%s\n' "$*" >&2; exit "$code"; }

step_slug() { tr -cs 'A-Za-z0-9\n' - <<<"$1" | sed 's/-$//'; }

# step NAME COMMAND...: quiet when it works; prints the end of its log when it fails.
step() {
    local name=$1 log start=$SECONDS
    shift
    mkdir -p "$titr_logs"
    log=$titr_logs/$(step_slug "$name").log
    printf '%-34s' "$name"
    if "$@" >"$log" 2>&1 </dev/null; then
        printf ' ok %5d s\n' $((SECONDS - start))
    else
        printf ' FAILED after %d s\n' $((SECONDS - start))
        grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Generating)' "$log" | tail -n 150
        say "(whole log: $log)"
        return 1
    fi
}

# The project's own files, without build trees and results: works in a copy that is no git clone.
project_files() {
    find . \( -path ./.git -o -path './build*' -o -path ./results/runs \) -prune -o -type f -print |
        sed 's|^\./||' | LC_ALL=C sort
}

c_files() { project_files | grep -E '\.[ch]$'; }

# configure PRESET [-Dkey=value...]
configure() {
    local preset=$1
    shift
    cmake --preset "$preset" "$@" || {
        local rc=$?
        [ -z "${titr_missing:-}" ] || note "these packages are missing: $titr_missing"
        return $rc
    }
}

build() {
    local preset=$1
    shift
    cmake --build "build/$preset" "$@"
}

# suite PRESET: configure, build and run the whole suite. The build must succeed before ctest runs:
# ctest alone would run the stale binary.
suite() {
    configure "$1" -DTITR_TESTS=ON && build "$1" &&
        ctest --test-dir "build/$1" --output-on-failure --no-tests=error
}

source tools/packages.sh
source tools/sundials.sh
