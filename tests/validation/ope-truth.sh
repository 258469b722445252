# SPDX-License-Identifier: GPL-3.0-or-later
# Off-policy estimates against the simulator: the twenty policies of experiments/ope_children.cfg,
# judged from the decisions of one of them, over 6 h, 24 h and 14 d. The truth is played on other
# episodes than the data. Five to nine minutes on two cores.   usage: ope-truth.sh [FOLDER for the runs]
#
# Bounds, where at least five policies are answered for: dr, wdr and, at decisions every 30 min, fqe rank
# policies as the simulator does, correlation at least 0.7. Weights alone (wis, pdwis) and fqe at 5 min
# are printed without a bound (docs/ope.md). Over 14 d weights must be refused for most.
set -euo pipefail
source tools/common.sh
need run test
need_sundials
configure release -DTITR_TESTS=ON >/dev/null
step "build titrate" cmake --build build/release --target titrate_cli >&2
config=experiments/ope_children.cfg
titrate=build/release/experiments/cli/titrate
work=${1:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

# judge TITLE SEEDS OVERRIDE...: train, make data of so many episodes a child, judge
judge() {
    local title=$1 last=$((3000 + $2)) define options=(-q -o "$work/$1")
    shift 2
    for define in "$@"; do options+=(-D "$define"); done
    "$titrate" train "$config" "${options[@]}" >/dev/null
    "$titrate" simulate "$config" "${options[@]}" --policy tab-50 \
        -D "split.seeds_test=[3001,$last]" >/dev/null
    "$titrate" ope "$config" "${options[@]}" --truth >"$work/$title.txt"
    printf '\n== %s: ' "$title"
    head -1 "$work/$title.txt"
    sed -n '/^  horizon/,$p' <(sed 's/^ *horizon/  horizon/' "$work/$title.txt")
}

day=scenario.horizon_days=1.0
judge 30min_1d 200 $day 'ope.horizons_h=[6.0,24.0]' 'split.seeds_test=[1001,1040]'
judge 30min_14d 40 'ope.horizons_h=[336.0]'
judge 5min_1d 100 $day scenario.decision_interval_min=5.0 'ope.horizons_h=[6.0,24.0]' \
    'split.seeds_test=[1001,1040]'

compared=0 ok=0 skipped=0 worst=2 worst_of=none
while read -r title hours _ estimator answered refused _ _ _ rank; do
    if [ "$hours" = 336 ] && [ "$estimator" != fqe ]; then
        compared=$((compared + 1))
        if [ "$refused" -ge 15 ]; then ok=$((ok + 1)); fi
    elif [ "$answered" -lt 5 ] || [ "$title $estimator" = "5min_1d fqe" ] ||
        [ "$estimator" = wis ] || [ "$estimator" = pdwis ]; then
        skipped=$((skipped + 1))
    else
        compared=$((compared + 1))
        if awk -v r="$rank" 'BEGIN { exit !(r >= 0.7) }'; then ok=$((ok + 1)); fi
        if awk -v r="$rank" -v w="$worst" 'BEGIN { exit !(r < w) }'; then
            worst=$rank worst_of="$title $hours h $estimator"
        fi
    fi
done < <(for title in 30min_1d 30min_14d 5min_1d; do
    sed -n '/^against the simulator/,$p' "$work/$title.txt" | grep -E '^ +[0-9.]+ h ' |
        sed "s/^/$title/"
done)
echo
echo "ope-truth: compared $compared of $((compared + skipped)), ok $ok, worst rank correlation" \
    "$worst ($worst_of), skipped $skipped: too few answers, weights alone, or fitted Q at 5 min"
[ "$compared" -gt 0 ] && [ "$ok" = "$compared" ]
