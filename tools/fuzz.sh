# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz [NAME] [SECONDS]: each reader of user files for SECONDS (default 60), from its examples in
# tests/fuzz/seeds and from what earlier runs found worth keeping in build/fuzz/corpus.
need run test
need_sundials
seconds=60 name=""
for arg in "${args[@]}"; do
    case $arg in
        *[!0-9]*) name=$arg ;;
        *) seconds=$arg ;;
    esac
done
fuzz_build() { configure fuzz && build fuzz; }
step "build the fuzzers" fuzz_build
mapfile -t names <build/fuzz/fuzzers.txt
if [ -n "$name" ]; then
    grep -qxF -- "$name" build/fuzz/fuzzers.txt ||
        die 2 "dev fuzz: no fuzzer '$name'; there are:" "${names[@]}"
    names=("$name")
fi
broken=""
for name in "${names[@]}"; do
    mkdir -p "build/fuzz/corpus/$name" "build/fuzz/found/$name"
    step "fuzz $name" "build/fuzz/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        "-artifact_prefix=build/fuzz/found/$name/" "build/fuzz/corpus/$name" "tests/fuzz/seeds/$name" ||
        broken+=" $name"
    sed -n 's/^stat::number_of_executed_units:/    inputs:/p' "$titr_logs/fuzz-$name.log"
    rm -f /dev/shm/titrate_fuzz_*
done
[ -z "$broken" ] || die 1 "dev fuzz: inputs that break a reader, kept in build/fuzz/found:$broken"
say "dev fuzz: no input broke a reader (${names[*]}, $seconds s each)"
