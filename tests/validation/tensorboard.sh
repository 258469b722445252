# SPDX-License-Identifier: GPL-3.0-or-later
# Learning curves as event files through the tensorboard package, point by point against the run file:
# once undisturbed, and ten times killed in training and gone on with (no point missing, none twice).
# The Python packages go to build/tensorboard-venv.
set -euo pipefail
source tools/common.sh
need run test
need_sundials
venv=build/tensorboard-venv
folder=$(mktemp -d "${TMPDIR:-/tmp}/tensorboard.XXXXXX")
trap 'rm -rf "$folder"' EXIT

packages() {
    [ -x $venv/bin/python ] || python3 -m venv $venv || return 1
    $venv/bin/python -c 'import tensorboard' 2>/dev/null || $venv/bin/pip install -q tensorboard setuptools
}
step "build" bash -c 'source tools/common.sh; configure release -DTITR_TESTS=ON &&
    build release --target titrate_cli'
step "Python packages" packages ||
    die 3 "tensorboard: no Python with tensorboard (pip install tensorboard, in $venv)"
titrate=$PWD/build/release/experiments/cli/titrate
options=(-q -D train.tensorboard=true -D train.replicates=2 -D train.evaluate_every=4000
    -D train.evaluate_episodes=2 -D policies.q.train_steps=20000 -D train.checkpoint_every_s=0.05
    -D 'solver={name="rk4";}')

# check FOLDER KILLED
check() {
    "$titrate" export "$1/quick.h5" -o "$1/csv" >/dev/null
    TF_CPP_MIN_LOG_LEVEL=3 $venv/bin/python -B tests/validation/tensorboard_check.py \
        "$1/quick.tb" "$1/csv" "$2"
}

compared=1 ok=0 worst=none
mkdir "$folder/whole"
"$titrate" run experiments/quick.cfg -o "$folder/whole" "${options[@]}" >/dev/null
check "$folder/whole" 0 && ok=1
for k in 1 2 3 4 5 6 7 8 9 10; do
    mkdir "$folder/$k"
    "$titrate" run experiments/quick.cfg -o "$folder/$k" "${options[@]}" >/dev/null &
    pid=$!
    for _ in $(seq 200); do # until there is a checkpoint to go on from
        [ ! -e "$folder/$k/quick.checkpoint.h5" ] || break
        sleep 0.01
    done
    sleep "0.0$((k - 1))"
    kill -KILL $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
    "$titrate" run experiments/quick.cfg -o "$folder/$k" "${options[@]}" --resume >/dev/null
    compared=$((compared + 1))
    if check "$folder/$k" 1; then ok=$((ok + 1)); else worst="kill $k"; fi
done
say "tensorboard: compared $compared of 11, ok $ok, worst $worst, skipped 0"
[ "$ok" = 11 ]
