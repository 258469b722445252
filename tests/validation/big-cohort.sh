# SPDX-License-Identifier: GPL-3.0-or-later
# run by name only
# A hundred thousand children for 14 days, decisions of 5 min, by the fast solver: wall time, peak
# memory. The children are the ten published ones over and over, of other weights and with lives of
# their own. Arguments: how many children (default 100000), what is recorded (default summary).
# Bound: 16 GB, and every episode played.
set -euo pipefail
source tools/common.sh
children=${1:-100000} what=${2:-summary}
need run test
need_sundials
step "build" bash -c 'source tools/common.sh; configure release -DTITR_TESTS=ON &&
    build release --target titrate_cli'
titrate=$PWD/build/release/experiments/cli/titrate
folder=$(mktemp -d "${TMPDIR:-/tmp}/big-cohort.XXXXXX")
trap 'rm -rf "$folder"' EXIT

# config NAME COHORT DAYS WHAT
config() {
    cat >"$folder/$1.cfg" <<CONFIG
experiment = "$1";
seed = "1";
cohort = $2;
split = { seeds_test = [1001, 1001]; };
scenario = { horizon_days = $3; decision_interval_min = 5.0; parts = ( { name = "meals_energy"; } ); };
sensor = { name = "cgm_breton_2008"; };
delivery = { name = "pump"; };
solver = { name = "rk4"; };
actions = { name = "relative_basal"; };
policies = ( { name = "bb"; agent = "basal_bolus"; settings = "published"; } );
record = { what = "$4"; };
output = { folder = "$folder"; };
CONFIG
}

# ten children as a table that can be read as a cohort: names of columns as published, no sex
config ten '{ source = "s2008-published"; subjects = "children"; }' 1.0 summary
"$titrate" simulate "$folder/ten.cfg" -q >/dev/null
"$titrate" export "$folder/ten.h5" patients -q -o "$folder/ten.csv" >/dev/null
awk -F, -v OFS=, -v n="$children" '
    NR == 1 { $1 = "Name"; $3 = "Age"; $4 = "BW"; $5 = "Height"; print_row($0); next }
    { row[NR - 2] = $0 }
    function print_row(line) { split(line, f, ","); out = f[1]
        for (i = 3; i in f; i++) out = out OFS f[i]; print out }
    END { srand(1)
        for (k = 0; k < n; k++) { $0 = row[k % 10]; $1 = "virtual#" k; $4 *= 0.9 + 0.2 * rand()
            print_row($0) } }' "$folder/ten.csv" >"$folder/cohort.csv"

config big "{ source = \"file\"; path = \"$folder/cohort.csv\"; }" 14.0 "$what"
start=$SECONDS
/usr/bin/env time -v "$titrate" simulate "$folder/big.cfg" -q >"$folder/out" 2>"$folder/time" ||
    { cat "$folder/out" "$folder/time"; exit 1; }
seconds=$((SECONDS - start))
peak_kb=$(sed -n 's/.*Maximum resident set size (kbytes): //p' "$folder/time")
episodes=$("$titrate" check "$folder/big.h5" | sed -n 's/.*; \([0-9]*\) episodes;.*/\1/p')
size=$(stat -c %s "$folder/big.h5")
say "$children children, 14 days: $seconds s, peak $((peak_kb / 1000)) MB," \
    "$((peak_kb * 1024 / children)) bytes per child, file $((size / 1000000)) MB"
ok=0
[ "$episodes" = "$children" ] && [ "$peak_kb" -lt 16000000 ] && ok=1
say "big-cohort: compared 1 of 1, ok $ok, worst $((peak_kb / 1000)) MB of 16000 (big.cfg), skipped 0"
[ "$ok" = 1 ]
