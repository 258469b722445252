# SPDX-License-Identifier: GPL-3.0-or-later
# Ten children's day at the default tolerance, by Adams and by BDF: the optimised SUNDIALS and the
# packaged one must give the same bits.
set -euo pipefail
source tools/common.sh
need_sundials
bench=cvode
if [ -z "$TITR_SUNDIALS_DIR" ]; then
    say "sundials-builds: compared 0 of 2, ok 0, worst none, skipped 2: no optimised SUNDIALS"
    exit 1
fi

# hash_of FOLDER: what the bench prints, built there
hash_of() {
    step "build in $1" build_in "$1" >&2
    "$1/tests/bench/bench_$bench" --hash
}
build_in() {
    configure release -B "$1" -DTITR_TESTS=ON && cmake --build "$1" --target "bench_$bench"
}

optimised=$(hash_of build/release)
packaged=$(TITR_SUNDIALS_DIR="" hash_of build/release-packaged)
paste <(printf '%s\n' "$optimised") <(printf '%s\n' "$packaged")
ok=$(comm -12 <(sort <<<"$optimised") <(sort <<<"$packaged") | wc -l)
worst=none
[ "$ok" = 2 ] || worst="other bits"
say "sundials-builds: compared 2 of 2, ok $ok, worst $worst, skipped 0"
[ "$ok" = 2 ]
