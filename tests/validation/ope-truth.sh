#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Off-policy estimates against the simulator: the twenty policies of experiments/ope_children.cfg,
# judged from the decisions of one of them, over 6 h, 24 h and 14 d. The truth is played on other
# episodes than the data.  usage: ope-truth.sh [FOLDER to keep the runs in]
set -eu
config=experiments/ope_children.cfg
#bash tools/build.sh release > /dev/null
titrate=build/release/experiments/cli/titrate
work=${1:-$(mktemp -d)}
[ $# -gt 0 ] || trap 'rm -rf "$work"' EXIT

# judge TITLE SEEDS OVERRIDE...: train, make the data from so many seeds a child, judge
judge() {
    local title=$1 seeds=$2 options=(-q -o "$work/$1")
    shift 2
    for define in "$@"; do options+=(-D "$define"); done
    "$titrate" train "$config" "${options[@]}" > /dev/null
    "$titrate" simulate "$config" "${options[@]}" --policy tab-50 \
        -D "split.seeds_test=[3001,$((3000 + seeds))]" > /dev/null
    "$titrate" ope "$config" "${options[@]}" --truth > "$work/$title.txt"
    printf '\n== %s\n' "$title"
    head -1 "$work/$title.txt"
    sed -n '/^against the simulator/,$p' "$work/$title.txt"
}

begun=$SECONDS
judge 30min_1d 200 scenario.horizon_days=1.0 'ope.horizons_h=[6.0,24.0]' 'split.seeds_test=[1001,1040]'
judge 30min_14d 40 'ope.horizons_h=[336.0]'
judge 5min_1d 100 scenario.horizon_days=1.0 scenario.decision_interval_min=5.0 \
    'ope.horizons_h=[6.0,24.0]' 'split.seeds_test=[1001,1040]'
echo "took $((SECONDS - begun)) s"
