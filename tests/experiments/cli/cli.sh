#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The program as a user meets it: exit codes, one-line errors, nothing half written, stop and resume,
# same seed same bytes.  usage: cli.sh TITRATE SOURCE_DIR
set -u
titrate=$(realpath "$1")
source_dir=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0
failed=0

ok() { # ok NAME COMMAND...: passes when the command does
    local name=$1
    shift
    if "$@" > "$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        sed 's/^/    /' "$work/log"
    fi
}

exits() { # exits CODE PATTERN COMMAND...: this exit code, and one line on stderr that matches
    local code=$1 pattern=$2
    shift 2
    "$@" > "$work/stdout" 2> "$work/err"
    local got=$?
    [ "$got" = "$code" ] || { echo "exit code $got, expected $code"; cat "$work/err"; return 1; }
    [ -z "$pattern" ] && return 0
    grep -qE -- "$pattern" "$work/err" || { echo "no '$pattern' in:"; cat "$work/err"; return 1; }
    [ "$(wc -l < "$work/err")" = 1 ] || { echo "more than one line:"; cat "$work/err"; return 1; }
}

absent() { for f in "$@"; do [ ! -e "$f" ] || { echo "$f was left behind"; return 1; }; done; }
same() { cmp "$1" "$2"; }
differ() { ! cmp -s "$1" "$2"; }
quick=$source_dir/experiments/quick.cfg

# --- usage
for verb in run simulate train evaluate robustness verify report metrics list describe check export ope cohort; do
    ok "$verb --help" exits 0 "" "$titrate" "$verb" --help
done
ok "--help" exits 0 "" "$titrate" --help
ok "--version" exits 0 "" "$titrate" --version
ok "no verb" exits 2 "" "$titrate"
ok "unknown verb" exits 2 "did you mean 'simulate'" "$titrate" simulat
ok "unknown option" exits 2 "did you mean '--resume'" "$titrate" run --reusme x.cfg
ok "missing argument" exits 2 "missing argument: CONFIG" "$titrate" run
ok "extra argument" exits 2 "unexpected argument: b" "$titrate" run a b
ok "missing value" exits 2 "value is missing" "$titrate" run x.cfg -o
ok "bad width of vectors" exits 2 "expected 128, 256 or 512" "$titrate" verify x.cfg --vectors 77
ok "bad bound" exits 2 "expected a number" "$titrate" verify x.cfg --within -1
ok "bad number" exits 2 "expected a number" "$titrate" verify x.cfg --days ten
ok "list" exits 0 "" "$titrate" list
ok "list agents" exits 0 "" "$titrate" list agents
ok "list unknown" exits 2 "no kind 'sensr'; did you mean 'sensor'" "$titrate" list sensr
ok "describe config" exits 0 "" "$titrate" describe config
ok "describe model" exits 0 "" "$titrate" describe glucose_s2008
for name in observe split.folds seed lbgi; do
    ok "describe $name" exits 0 "" "$titrate" describe $name
done
ok "describe unknown" exits 2 "did you mean 'q_learning'" "$titrate" describe q_lerning
ok "closed output" exits 1 "cannot write to standard output" bash -c "'$titrate' list > /dev/full"

# --- bad input leaves nothing behind
ok "no config" exits 2 "nothing.cfg" "$titrate" run nothing.cfg -o out
ok "config is a folder" exits 2 "$work" "$titrate" run "$work" -o out
printf 'experiment = "x"; bogus = 1;\n' > bogus.cfg
ok "unknown key" exits 2 "bogus.cfg:1: bogus" "$titrate" run bogus.cfg -o out
ok "policy that is not there" exits 2 "did you mean 'bb_published'" "$titrate" run "$quick" -o out -p bb_publish
ok "child that is not there" exits 2 "did you mean 'child#001'" "$titrate" run "$quick" -o out -c child#01
for bad in 'policies.q.fallback_level=9' 'actions.levels=[]' 'scenario.parts.meals_energy.share=[]' \
    'scenario.events=none.csv' 'split.folds=3'; do
    ok "check $bad" exits 2 "${bad%%.*}" "$titrate" check "$quick" -D "$bad"
    ok "run $bad" exits 2 "${bad%%.*}" "$titrate" run "$quick" -o out -D "$bad"
done
cp "$source_dir/experiments/replay_example.cfg" replay.cfg
ok "no dosing record" exits 2 "replay.cfg:14: scenario.events: replay_example.csv: cannot be read" \
    "$titrate" run replay.cfg -o out
printf 'time_min,carbs_g,insulin_u\n60,20,1\n30,0,0.5\n' > replay_example.csv
ok "times out of order" exits 2 "replay_example.csv:3: column time_min: 30, expected a time after 60" \
    "$titrate" simulate replay.cfg -o out
ok "bad override" exits 2 "train.steps" "$titrate" run "$quick" -o out -D train.steps=abc
ok "nothing written" absent out
printf 'not an hdf5 file' > junk.h5
ok "foreign run file" exits 2 "junk.h5" "$titrate" check junk.h5
ok "report of junk" exits 2 "junk.h5" "$titrate" report junk.h5
ok "metrics of junk" exits 2 "junk.h5" "$titrate" metrics junk.h5
ok "metrics of a missing file" exits 2 "none.csv: cannot be read: No such file" "$titrate" metrics none.csv
for verb in check report export metrics; do
    ok "$verb of a missing run" exits 2 "none.h5: cannot be read: No such file" "$titrate" $verb none.h5
    ok "$verb of a folder" exits 2 "cannot be read: it is a folder" "$titrate" $verb "$work"
done
printf 'id,time_min,cgm\na,0,100\na,5,110\n' > s.csv
ok "policy of a CSV" exits 2 "--policy is for a run" "$titrate" metrics s.csv -p x
ok "dropped days of a CSV" exits 2 "--drop-days is for a run" "$titrate" metrics s.csv -x 1
ok "no page left" absent junk.html none.html
ok "output under a file" exits 1 "" "$titrate" run "$quick" -o junk.h5/x
ok "no folder's name" exits 2 "expected a folder" "$titrate" run "$quick" -o ""
ok "a folder's name too long" exits 2 "300 bytes" "$titrate" run "$quick" -o "$(printf 'y%.0s' {1..300})"
ok "no half threads" exits 2 "whole number" "$titrate" run "$quick" -o out -t 1.5
ok "nothing written by these" absent out y*
ok "a file too large" exits 1 "cannot write large/quick.agents.h5: File too large" \
    bash -c "ulimit -f 4; '$titrate' run '$quick' -o large"
ok "nothing of it is left" absent large/*
mkdir sealed
chmod 555 sealed
[ "$(id -u)" = 0 ] || ok "no right to write" exits 1 "sealed: cannot write in this folder" \
    "$titrate" run "$quick" -o sealed
ok "agents missing" exits 1 "train first" "$titrate" evaluate "$quick" -o fresh

# --- the same experiment, the same bytes
ok "run" exits 0 "" "$titrate" run "$quick" -o a
ok "run again, one thread" exits 0 "" "$titrate" run "$quick" -o b --threads 1
ok "same bytes" same a/quick.h5 b/quick.h5
ok "same page" same a/quick.html b/quick.html
ok "another seed" exits 0 "" "$titrate" run "$quick" -o c -D seed=7
ok "other bytes" differ a/quick.h5 c/quick.h5
"$titrate" run "$quick" -o e <&- >&- 2>&-
ok "same bytes with all of stdin, stdout, stderr closed" same a/quick.h5 e/quick.h5
ok "no leftovers" absent a/quick.checkpoint.h5 a/quick.partial.h5 a/quick.partial.h5.tmp
ok "check the run" exits 0 "" "$titrate" check a/quick.h5
hash_of() { "$titrate" check "$1" | sed 's/.*SHA-256 of the trajectories //'; }
ok "the same trajectories, the same hash" test "$(hash_of a/quick.h5)" = "$(hash_of b/quick.h5)"
ok "others, another" test "$(hash_of a/quick.h5)" != "$(hash_of c/quick.h5)"
ok "64 digits" test "$(hash_of a/quick.h5 | tr -d '0-9a-f\n' | wc -c)" = 0 -a "$(hash_of a/quick.h5 | wc -c)" = 65

# --- the shield: without and with it in one run, on any number of threads
both=(-D train.shield=true -D evaluate.shield=both)
ok "run with a shield" exits 0 "" "$titrate" run "$quick" -o s "${both[@]}"
cp "$work/stdout" table
ok "both variants in the table" grep -q '^bb_published+shield ' table
ok "interventions in the table" grep -qE '^policy +interventions +withheld_u .*predicted_low' table
ok "without it no interventions" bash -c "! '$titrate' run '$quick' -o t | grep -q Shield"
ok "again on one thread" exits 0 "" "$titrate" run "$quick" -o u "${both[@]}" --threads 1
ok "the same bytes with a shield" same s/quick.h5 u/quick.h5
ok "trained behind it, other agents" differ s/quick.agents.h5 a/quick.agents.h5
ok "report of a shielded policy" exits 0 "" "$titrate" report s/quick.h5 -p q+shield -o shielded.html
ok "its interventions on the page" grep -q 'id="shield"' shielded.html
ok "export with a shield" exits 0 "" "$titrate" export s/quick.h5 -o csv_s
ok "what each rule withheld" grep -q 'shield_rule.*withheld_u_max_iob.*withheld_u_low_suspend' csv_s/steps.csv
ok "names of the rules" grep -q '^10,low_suspend,' csv_s/shield_rules.csv
ok "one variant alone" exits 0 "" "$titrate" simulate "$quick" -o v -p bb_published -D evaluate.shield=true
ok "a rule that is not there" exits 2 "did you mean 'max_iob'" \
    "$titrate" check "$quick" -D 'shield.rules=( { name = "max_iop"; } )'

ok "train, then evaluate" exits 0 "" "$titrate" train "$quick" -o d
ok "evaluate" exits 0 "" "$titrate" evaluate "$quick" -o d
ok "same bytes in two steps" same a/quick.h5 d/quick.h5
ok "judging without data" exits 2 "ope.data_policy: none, expected" "$titrate" ope "$quick" -o d
ok "judging from no file" exits 2 "ope.data_path: d/none.h5 cannot be read" "$titrate" ope "$quick" -o d \
    -D ope.data_policy=q -D experiment=none
ok "robustness" exits 0 "" "$titrate" robustness "$quick" -o d
ok "its mean and worst cell" grep -q "worst: " stdout
ok "its nominal cell is an evaluation" bash -c "diff <('$titrate' metrics d/quick.h5) \
    <('$titrate' metrics d/quick.robustness.h5)"
ok "its panel" grep -q 'id="robustness"' d/quick.robustness.html
ok "its own report again" exits 0 "" "$titrate" report d/quick.robustness.h5 -o robust.html
ok "the same page" same robust.html d/quick.robustness.html
ok "no such panel elsewhere" bash -c "! grep -q 'id=\"robustness\"' a/quick.html"
ok "robustness without agents" exits 1 "train first" "$titrate" robustness "$quick" -o fresh
ok "a cell that would need training" exits 2 "robustness.cells.x.set: train.steps: policies would" \
    "$titrate" robustness "$quick" -o d -D 'robustness.cells=({ name = "x"; set = "train.steps = 9"; })'
ok "a cell with a key that is not there" exits 2 "did you mean 'bias_fraction'" \
    "$titrate" check "$quick" -D 'robustness.cells=({ name = "x"; set = "sensor.bias_fractio = 9"; })'
"$titrate" robustness "$quick" -o d --json > robustness.json 2> log
ok "robustness as JSON" grep -q '"cell": "meal_20min_late"' robustness.json
ok "states and what learning needs" exits 0 "" "$titrate" simulate "$quick" -o all \
    -D record.states=true -D record.learning=true
ok "no rows, no states" exits 2 "record.states" "$titrate" check "$quick" -D record.states=true \
    -D 'record.what="summary"'
store=$source_dir/tests/results/store
ok "all of it reads without us" bash -c \
    "sh '$store/with_h5py.sh' '$store/read_with_h5py.py' all/quick.h5 || [ \$? = 77 ]"
ok "export" exits 0 "" "$titrate" export all/quick.h5 -o csv
ok "observations and masks are columns" grep -q 'observed_cgm_mg_dl.*allowed_level_0' csv/steps.csv
# --- virtual children
drawn=(-D 'cohort={source="sample"; n=6; stratified=true;}' -D split.folds=2)
ok "cohort" exits 0 "" "$titrate" cohort "$quick" "${drawn[@]}" -o kids
ok "its picture says what it is" grep -q "not a medical device" kids/quick.cohort.svg
ok "cohort again" exits 0 "" "$titrate" cohort "$quick" "${drawn[@]}" -o kids2 -t 1
ok "the same children on one thread" same kids/quick.cohort.csv kids2/quick.cohort.csv
ok "children drawn and played" exits 0 "" "$titrate" simulate -q "$quick" "${drawn[@]}" -o drawn
"$titrate" simulate -q "$quick" -o read -D split.folds=2 \
    -D "cohort={source=\"file\"; path=\"$work/kids/quick.cohort.csv\";}" > read.txt 2> log
"$titrate" simulate -q "$quick" "${drawn[@]}" -o drawn > drawn.txt 2> log
ok "children read are those drawn" same <(grep -v '^run:\|^report:' read.txt) \
    <(grep -v '^run:\|^report:' drawn.txt)
ok "cohort as JSON" bash -c "'$titrate' cohort '$quick' -o kids --json -q | grep -q '\"rejected_percent\"'"
ok "no children of this age" exits 2 "cohort.age_years: \[1, 5\]|cohort.age_years\[0\]" \
    "$titrate" check "$quick" "${drawn[@]}" -D 'cohort.age_years=[1.0,5.0]'
ok "ages the wrong way round" exits 2 "cohort.age_years: \[9, 5\]" \
    "$titrate" check "$quick" "${drawn[@]}" -D 'cohort.age_years=[9.0,5.0]'
ok "keys of drawn children elsewhere" exits 2 'used with source = "sample" only' \
    "$titrate" check "$quick" -D cohort.n=5
printf 'Name,Age,Sex,BW\nAnna,4.5,female,17\nBen,13,male,48\n' > real.csv
real=(-D "cohort={source=\"sample\"; path=\"$work/real.csv\";}" -D split.folds=2)
ok "bodies for real covariates" exits 0 "" "$titrate" cohort "$quick" "${real[@]}" -o real
ok "they have their names" grep -q '^Anna,4.5,female,17,' real/quick.cohort.csv
ok "a file says how many" exits 2 "cohort.n: not with a path" \
    "$titrate" check "$quick" "${real[@]}" -D cohort.n=5
printf 'Name,Age,Sex,BW\nAnna,45,female,17\n' > old.csv
ok "no child of 45 years" exits 2 "old.csv:2: column Age: 45, expected 2 to 18" \
    "$titrate" check "$quick" -D "cohort={source=\"sample\"; path=\"$work/old.csv\";}"
ok "a task has no children" exits 2 "a task has no children" \
    "$titrate" cohort "$source_dir/experiments/tasks/cartpole.cfg" -o kids
ok "verify" exits 0 "" "$titrate" verify "$quick"
ok "verify makes no folder" absent results
ok "report" exits 0 "" "$titrate" report a/quick.h5 -o page.html
ok "page says what it is" grep -q "not a medical device" page.html
ok "child of a run" exits 2 "--patient is for a sensor" "$titrate" metrics a/quick.h5 -c x
ok "all days dropped" exits 2 "nothing to score" "$titrate" metrics a/quick.h5 -x 1
"$titrate" simulate "$quick" -o brief -D 'record.what="summary"' > /dev/null 2> log
"$titrate" metrics brief/quick.h5 > stored.txt 2> log
"$titrate" metrics all/quick.h5 > afresh.txt 2> log
ok "a run without steps has the scores it stored" same stored.txt afresh.txt
ok "and no others" exits 2 "recorded no steps" "$titrate" metrics brief/quick.h5 -x 0.1
cp a/quick.h5 spare.h5
ok "report over its run" exits 2 "spare.h5 is the run itself" "$titrate" report spare.h5 -o spare.h5
ok "export over its run" exits 2 "is the run itself" "$titrate" export spare.h5 steps -o ./spare.h5
ok "the run is untouched" same a/quick.h5 spare.h5
ok "export of an unknown table" exits 2 "did you mean 'steps'" "$titrate" export spare.h5 step -o t.csv
ok "no table left" absent t.csv spare.h5.tmp
ok "export of a policy without a network" exits 2 "has no network" \
    "$titrate" export "$quick" --onnx x.onnx -p bb_published
ok "export of an unknown policy" exits 2 "did you mean 'bb_published'" \
    "$titrate" export "$quick" --onnx x.onnx -p bb_publishd
ok "policy of an export as CSV" exits 2 "are for --onnx" "$titrate" export spare.h5 -p bb_published
ok "table of an ONNX export" exits 2 "unexpected argument" \
    "$titrate" export "$quick" steps --onnx x.onnx
ok "no model left" absent x.onnx
"$titrate" metrics a/quick.h5 --json > metrics.json 2> log
"$titrate" evaluate "$quick" -o d --json > evaluate.json 2> log
"$titrate" evaluate "$quick" -o d -q > evaluate.txt 2> log
"$titrate" metrics a/quick.h5 -q > metrics.txt 2> log
ok "metrics of a run are those it printed" same evaluate.txt metrics.txt
ok "json keys carry units" grep -q '"tir_70_180_percent"' metrics.json
if command -v python3 > /dev/null; then
    ok "metrics is JSON" python3 -m json.tool metrics.json
    ok "evaluate is JSON" python3 -m json.tool evaluate.json
fi

# --- tables of a run
rows() { # rows FILE N: a header and so many rows
    [ "$(wc -l < "$1")" = $(($2 + 1)) ] || { echo "$1: $(wc -l < "$1") lines, expected $2 rows"; return 1; }
}
printed() { # printed PATTERN COMMAND...: exits 0 and prints it
    local pattern=$1
    shift
    "$@" > "$work/stdout" || return 1
    grep -qE -- "$pattern" "$work/stdout" || { echo "no '$pattern' in:"; cat "$work/stdout"; return 1; }
}
ok "export beside the run" printed "folder: spare.csv" "$titrate" export spare.h5
ok "an episode per policy, child and seed" rows spare.csv/episodes.csv 12
ok "every step of every episode" rows spare.csv/steps.csv \
    "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "n_steps") c = i; next }
        { n += $c } END { print n }' spare.csv/episodes.csv)"
ok "export of one table" printed "table: e.csv" "$titrate" export spare.h5 episodes -o e.csv
ok "the same table" same e.csv spare.csv/episodes.csv
ok "one table wants one file" exits 2 "name it with --output" "$titrate" export spare.h5 episodes
ok "export of junk" exits 2 "junk.h5" "$titrate" export junk.h5 -o junk.csv
ok "export under a file" exits 1 "spare.h5/x" "$titrate" export spare.h5 -o spare.h5/x
ok "nothing of junk" absent junk.csv none.csv

# --- scores: half a day at 100 mg/dL and half a day at 200, GMI = 3.31 + 0.02392 * 150
{ echo time_min,glucose_mg_dl
  for i in $(seq 0 5 715); do echo "$i,100"; done
  for i in $(seq 720 5 1435); do echo "$i,200"; done; } > sensor.csv
ok "mean of a sensor's file" printed "mean_glucose_mg_dl +150 mg/dL" "$titrate" metrics sensor.csv
ok "its GMI" printed "gmi_percent +6.898 %" "$titrate" metrics sensor.csv
ok "its time in range" printed '"tir_70_180_percent": 50,' "$titrate" metrics sensor.csv --json
{ echo id,time_min,cgm,bg
  for i in $(seq 0 5 1435); do echo "ann,$i,100,"; echo "bob,$i,300,60"; done; } > two.csv
ok "which column" exits 2 "two.csv:1: .*--column" "$titrate" metrics two.csv
ok "no such column" exits 2 "no column 'cgms'" "$titrate" metrics two.csv --column cgms
ok "everybody in turn" printed "^bob" "$titrate" metrics two.csv --column cgm
ok "one of them" printed "mean_glucose_mg_dl +300 mg/dL" "$titrate" metrics two.csv -g cgm -c bob
ok "and nobody else" exits 1 "" grep -q ann stdout
ok "the other column" printed '"mean_glucose_mg_dl": 60,' "$titrate" metrics two.csv -g bg -c bob --json
ok "nobody of that name" exits 2 "no id 'rob' in the file, nearest is 'bob'" \
    "$titrate" metrics two.csv --column cgm --patient rob
printf 'time_min,glucose_mg_dl\n0,abc\n' > bad.csv
ok "no number" exits 2 "bad.csv:2: glucose_mg_dl = 'abc'" "$titrate" metrics bad.csv
ok "a run's table" printed "^constant_basal " "$titrate" metrics spare.h5 --drop-days 0.5
ok "compared with a policy" printed "minus bb_published" "$titrate" metrics spare.h5 -p bb_published
ok "no such policy" exits 2 "no episode of policy 'xx'" "$titrate" metrics spare.h5 --policy xx

# --- stop and go on, to the same bytes
long=(-D policies.q.train_steps=60000 -D train.checkpoint_every_s=0.02)
ok "uninterrupted" exits 0 "" "$titrate" train "$quick" -o whole "${long[@]}"
checkpointed() { # until there is a checkpoint of OUT to lose the rest after
    for _ in $(seq 2000); do
        [ -e "$1/quick.checkpoint.h5" ] && break
        sleep 0.01
    done
}
interrupt() { # Ctrl-C; once more after 20 s, should it have come before the handler stood
    for _ in $(seq 5); do
        kill -INT "$1" 2> log
        for _ in $(seq 200); do
            kill -0 "$1" 2> log || break 2
            sleep 0.1
        done
    done
    wait "$1"
}
"$titrate" train "$quick" -o cut "${long[@]}" > cut.log 2>&1 &
pid=$!
checkpointed cut
interrupt $pid
ok "Ctrl-C exit code" test $? = 130
ok "Ctrl-C says how to go on" grep -q -- "--resume" cut.log
ok "a checkpoint is there" test -f cut/quick.checkpoint.h5
ok "resume" exits 0 "" "$titrate" train "$quick" -o cut "${long[@]}" --resume
ok "resumed to the same bytes" same whole/quick.agents.h5 cut/quick.agents.h5
"$titrate" train "$quick" -o killed "${long[@]}" > log 2>&1 &
pid=$!
checkpointed killed
kill -KILL $pid
wait $pid 2> log
ok "resume after SIGKILL" exits 0 "" "$titrate" train "$quick" -o killed "${long[@]}" --resume
ok "the same bytes after SIGKILL" same whole/quick.agents.h5 killed/quick.agents.h5
# stopped VERB...: exit code of a verb that is interrupted after half a second
stopped() {
    "$titrate" "$@" > cut.log 2>&1 &
    pid=$!
    sleep 0.5
    interrupt $pid
}
stopped verify "$quick" --days 3000
ok "verify stops" test $? = 130
stopped simulate "$quick" -o half -D scenario.horizon_days=3000
ok "simulate stops" test $? = 130
ok "and says how to go on" grep -q -- "--resume" cut.log
ok "which it takes" exits 0 "" "$titrate" simulate "$quick" -o other --resume
mkdir -p cells && cp d/quick.agents.h5 cells
stopped robustness "$quick" -o cells -D split.seeds_test=[1001,3000]
ok "robustness stops" test $? = 130
ok "and leaves no table" absent cells/quick.robustness.h5

# --- a benchmark task in place of children
lake=$source_dir/experiments/tasks/frozen_lake.cfg
short=(-D train.steps=20000 -D task.slippery=false -D split.seeds_test=[2000001,2000020] -o lake)
ok "a task's config" exits 0 "" "$titrate" check "$lake"
ok "a task runs" exits 0 "" "$titrate" run "$lake" "${short[@]}"
ok "and shows returns" grep -q "mean return" stdout
ok "and makes no report" absent lake/frozen_lake.html
ok "its metrics" exits 0 "" "$titrate" metrics lake/frozen_lake.h5
ok "are returns" grep -q "mean return" stdout
ok "it has no robustness" exits 2 "a task has no children" "$titrate" robustness "$lake" -o lake
ok "its report is refused" exits 2 "no glucose to report" "$titrate" report lake/frozen_lake.h5
ok "its export" exits 0 "" "$titrate" export lake/frozen_lake.h5 -o lake.csv
ok "has its columns" grep -q "elapsed_min,reward,observed_state" lake.csv/steps.csv
ok "a task is described" exits 0 "" "$titrate" describe cartpole
ok "with its observables" grep -q "angle_rad" stdout
ok "no children beside a task" exits 2 "not used with task" \
    "$titrate" check "$lake" -D cohort.subjects=all
ok "nothing to verify" exits 2 "no solver to verify" "$titrate" verify "$lake"

# --- two at once: the second is told, the first goes on
"$titrate" simulate "$quick" -o two -D scenario.horizon_days=3000 > log 2>&1 &
pid=$!
for _ in $(seq 400); do
    [ -e two/quick.partial.h5.tmp ] && break
    sleep 0.05
done
ok "two at once" exits 1 "another process is writing" "$titrate" simulate "$quick" -o two
interrupt $pid
ok "the first was not disturbed" test $? = 130

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
