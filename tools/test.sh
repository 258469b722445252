# SPDX-License-Identifier: GPL-3.0-or-later
# The gate. Steps run in order; all of them run even if one fails; --only NAME runs a single one.
source tools/tidy_lib.sh

check_format() { c_files | xargs clang-format-14 --dry-run -Werror; }

check_lint() {
    local rule failed=0
    for rule in $(perl tests/lint/lint.pl --list); do
        perl tests/lint/lint.pl "$rule" || failed=1
    done
    return $failed
}

# suite_step NAME PRESET: the step and, of its log, the closing lines of Criterion and ctest.
suite_step() {
    step "$1" suite "$2" || return 1
    { grep -h '^\[====\] Synthesis' "build/$2/Testing/Temporary/LastTest.log" || true
      grep -E 'tests passed|Total Test time' "$titr_logs/$(step_slug "$1").log"; } | sed 's/^/    /'
}

run_release() { suite_step "gcc release suite" release; }
run_asan() { suite_step "clang ASan+UBSan suite" asan; }
run_format() { step "format" check_format; }
run_lint() { step "lint" check_lint; }
run_tidy() { step "clang-tidy (changed files)" tidy_changed; }

steps="format lint release asan tidy"
set -- "${args[@]}"
while [ $# -gt 0 ]; do
    case $1 in
        --quick) steps="release" ;;
        --only) steps=${2:?--only wants a step: format, lint, release, asan or tidy}; shift ;;
        *) die 2 "dev test: unknown option '$1'" ;;
    esac
    shift
done

need run test
need_sundials
failed=""
for name in $steps; do
    declare -F "run_$name" >/dev/null || die 2 "dev test: no step '$name'"
    "run_$name" || failed+=" $name"
done
[ -z "$failed" ] || die 1 "dev test: FAILED:$failed (${SECONDS} s)"
say "dev test: all passed ($steps) in $SECONDS s"
