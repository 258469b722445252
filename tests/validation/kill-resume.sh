# SPDX-License-Identifier: GPL-3.0-or-later
# A whole run (three trainings of one learner side by side, validations, the best agent kept, then the
# evaluation) is killed at random moments with SIGKILL and gone on with: agents file and run file must
# have the bytes of an undisturbed run. Arguments: learners, each with options after a colon if it
# needs any, e.g. "sarsa" "q_lambda:lambda = 0.8;" (default: the list below). KILLS: how often each is killed (20). SEED: of the moments (1).
# Bound: every one the same.
set -euo pipefail
source tools/common.sh
need run test
need_sundials
step "build" bash -c 'source tools/common.sh; configure release -DTITR_TESTS=ON &&
    build release --target titrate_cli'
titrate=$PWD/build/release/experiments/cli/titrate
folder=$(mktemp -d "${TMPDIR:-/tmp}/kill-resume.XXXXXX")
trap 'rm -rf "$folder"' EXIT
kills=${KILLS:-20}
RANDOM=${SEED:-1}

small="hidden = [32]; learn_start = 1000; replay_size = 6000; batch = 16;"
[ $# -gt 0 ] || set -- q_learning sarsa_lambda "dqn:$small prioritised = true;" "c51:$small" \
    "drqn:$small gru = 8; learn_every = 32;"

# config AGENT OPTIONS
config() {
    cat >"$folder/kr.cfg" <<CFG
experiment = "kr"; seed = "5";
cohort = { subjects = [ "child#001", "child#002", "child#003" ]; };
split = { folds = 2; seeds_train = [1, 20]; seeds_test = [1001, 1004]; };
scenario = { horizon_days = 2.0; decision_interval_min = 5.0; };
solver = { name = "rk4"; };
policies = ( { name = "learner"; agent = "$1";
    observe = ( { name = "cgm"; bins = 6; }, { name = "iob"; bins = 4; } ); $2 },
  { name = "bb"; agent = "basal_bolus"; } );
train = { steps = ${STEPS:-40000}; parallel_patients = 8; curve_every = 2000; replicates = 3;
  evaluate_every = 8000; evaluate_episodes = 3; keep = "best"; tensorboard = true;
  checkpoint_every_s = 0.05; };
CFG
}

# run FOLDER [--resume]
run() {
    local where=$1
    shift
    mkdir -p "$where"
    "$titrate" run "$folder/kr.cfg" -q -o "$where" "$@" >/dev/null
}

hashes() {
    (cd "$1" && sha256sum kr.agents.h5 kr.h5)
}

seconds() { date +%s.%N; }

compared=0 ok=0 worst=none
for learner in "$@"; do
    agent=${learner%%:*} options="" good=0
    case $learner in *:*) options=${learner#*:} ;; esac
    config "$agent" "$options"
    begun=$(seconds)
    run "$folder/whole"
    lasted=$(awk -v a="$begun" -v b="$(seconds)" 'BEGIN { print b - a }')
    want=$(hashes "$folder/whole")
    in_training=0 done=0 tries=0
    while [ "$done" -lt "$kills" ] && [ "$tries" -lt $((4 * kills)) ]; do
        tries=$((tries + 1))
        rm -rf "$folder/cut"
        mkdir "$folder/cut"
        "$titrate" run "$folder/kr.cfg" -q -o "$folder/cut" >/dev/null &
        pid=$!
        sleep "$(awk -v t="$lasted" -v r=$RANDOM 'BEGIN { print 0.02 + t * r / 32768 }')"
        kill -KILL $pid 2>/dev/null || true
        wait $pid 2>/dev/null && continue # it had ended before
        done=$((done + 1))
        in_training=$((in_training + ($(ls "$folder/cut" | grep -c checkpoint.h5$ || true) > 0)))
        run "$folder/cut" --resume
        compared=$((compared + 1))
        if [ "$want" = "$(hashes "$folder/cut")" ]; then
            good=$((good + 1))
            ok=$((ok + 1))
        else
            worst=$agent
            say "  DIFFERS  $agent, kill $done"
        fi
    done
    say "$agent: $good of $done the same ($in_training killed with a checkpoint to go on from; a run takes $lasted s)"
    rm -rf "$folder/whole"
done
say "kill-resume: compared $compared of $(($# * kills)), ok $ok, worst $worst, skipped 0"
[ "$ok" = "$compared" ] && [ "$compared" -eq $(($# * kills)) ] && [ "$compared" -gt 0 ]
