# SPDX-License-Identifier: GPL-3.0-or-later
# One experiment by each solver, in every way that must not matter: one and two threads, portable
# and wider vectors, gcc and clang, compiled for any processor and for this one. The trajectories must
# be the same to the last bit (SHA-256), and so must those of a learner trained on the way.
set -euo pipefail
source tools/common.sh
need run test
need_sundials
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# program FOLDER [-D...]: build it there
program() {
    local where=$1
    shift
    step "build in $where" build_in "$where" "$@" >&2
}
build_in() {
    local where=$1
    shift
    configure release -B "$where" -DTITR_TESTS=ON "$@" && cmake --build "$where" --target titrate_cli
}

# hash_of FOLDER SOLVER OPTION...: of the trajectories of a run
n=0
hash_of() {
    local titrate=$1/experiments/cli/titrate solver=$2 run
    shift 2
    n=$((n + 1))
    run=$folder/run$n
    "$titrate" run experiments/quick.cfg -q -D "output.folder=\"$run\"" -D "solver=$solver" \
        -D split.seeds_test=[1001,1009] "$@" >/dev/null
    "$titrate" check "$run/quick.h5" | sed -n 's/.*SHA-256 of the trajectories //p'
}

compared=0 ok=0 worst=none skipped=0 skips=""
# expect WHAT WANT GOT
expect() {
    compared=$((compared + 1))
    if [ -n "$2" ] && [ "$2" = "$3" ]; then
        ok=$((ok + 1))
        say "  ok       $1"
    else
        worst=$1
        say "  DIFFERS  $1: ${3:-nothing}, expected ${2:-something}"
    fi
}

program build/release
program build/release-native -DCMAKE_C_FLAGS=-march=native
program build/release-clang -DCMAKE_C_COMPILER=clang-14

for solver in '{name="rk4";}' '{name="rk4";step_min=0.5;steps_while_eating=1;}' '{name="cvode";}'; do
    want=$(hash_of build/release "$solver" --threads 1 --vectors 128)
    say "$solver $want"
    expect "$solver, two threads" "$want" "$(hash_of build/release "$solver" --threads 2)"
    for bits in 256 512; do
        if build/release/experiments/cli/titrate verify experiments/quick.cfg --days 0.1 \
            --vectors $bits >/dev/null 2>&1; then
            expect "$solver, vectors of $bits bits" "$want" \
                "$(hash_of build/release "$solver" --threads 1 --vectors $bits)"
        else
            skipped=$((skipped + 1))
            skips=": no vectors of $bits bits here"
        fi
    done
    expect "$solver, compiled for this processor" "$want" "$(hash_of build/release-native "$solver")"
    expect "$solver, clang" "$want" "$(hash_of build/release-clang "$solver")"
done
say "same-bits: compared $compared of $((compared + skipped)), ok $ok, worst $worst, skipped $skipped$skips"
[ "$ok" = "$compared" ] && [ "$compared" -gt 0 ]
