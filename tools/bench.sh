# SPDX-License-Identifier: GPL-3.0-or-later
# Speeds beside published ones: every program of tests/bench/CMakeLists.txt, in release; those that
# ask for it once more with the packaged SUNDIALS.
json="" only=""
set -- "${args[@]}"
while [ $# -gt 0 ]; do
    case $1 in
        --json) json=${2:?--json wants a file}; shift ;;
        --only) only=${2:?--only wants the name of a bench or of a row}; shift ;;
        *) die 2 "dev bench: unknown option '$1'" ;;
    esac
    shift
done

need run test
need_sundials
rows=build/bench.rows
mkdir -p build
: >"$rows"

# bench_build PRESET-FOLDER: all benches, in release
bench_build() {
    configure release -B "$1" -DTITR_TESTS=ON && cmake --build "$1" --target benches
}

# bench_run FOLDER SUFFIX NAME...: collect rows; a progress line per program
bench_run() {
    local folder=$1 suffix=$2 name
    shift 2
    for name in "$@"; do
        printf 'bench %s%s ...\n' "$name" "$suffix" >&2
        "$folder/tests/bench/bench_$name" >"build/bench.$name.out" || die 1 "bench $name failed"
        sed "s/^/$suffix\t/" "build/bench.$name.out" >>"$rows"
    done
}

step "configure" configure release -DTITR_TESTS=ON
mapfile -t names < <(sed '/^$/d' build/release/benches.txt)
mapfile -t both < <(sed '/^$/d' build/release/benches_both.txt)
[ ${#names[@]} -gt 0 ] || die 1 "dev bench: there are no benches"
# --only NAME: all rows of a bench, or one row; the bench that prints it runs alone
if [ -n "$only" ]; then
    bench=$(awk -v only="${only%_packaged}" '$1 == only || $2 == only { print $1; exit }' build/release/bench_rows.txt)
    [ -n "$bench" ] || die 2 "dev bench: no bench or row '$only'; there are:" \
        $(tr ' ' '\n' <build/release/bench_rows.txt | sort -u)
    grep -qxF -- "$bench" <<<"$(printf '%s\n' "${both[@]}")" && both=("$bench") || both=()
    names=("$bench")
    [ "$bench" = "$only" ] && only=""
fi
step "build the benches" bench_build build/release
bench_run build/release "" "${names[@]}"
if [ -n "$TITR_SUNDIALS_DIR" ] && [ ${#both[@]} -gt 0 ]; then
    export TITR_SUNDIALS_DIR=""
    step "build with packaged SUNDIALS" bench_build build/release-packaged
    bench_run build/release-packaged _packaged "${both[@]}"
fi
perl tools/bench.pl "$rows" "$only" "$json"
