# SPDX-License-Identifier: GPL-3.0-or-later
# Does the gate fail when it must? Plants one fault at a time in a throw-away copy of the tree and
# runs the step of ./dev test that should see it. A fault counts as seen if the step fails and says
# why; without a fault every step must pass.
set -euo pipefail
source tools/common.sh
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
project_files | tar -cf - -T - | tar -xf - -C "$home"
cd "$home"
# history for the step that looks at changed files only
git init -q .
git config user.name gates
git config user.email gates@example.org
git add -A
git commit -qm "the tree"
git commit -qm "nothing" --allow-empty

compared=0
ok=0
worst=none
quick='option/*' # one suite of the tests is enough to show that a step passes

# expect WHAT STEP PATTERN SUITES: run the step; what it prints must hold PATTERN ("pass": no fault)
expect() {
    local what=$1 step=$2 pattern=$3 suites=$4 status=0 output
    output=$(CRITERION_TEST_PATTERN=$suites ./dev test --only "$step" --no-install 2>&1) || status=$?
    compared=$((compared + 1))
    if { [ "$pattern" = pass ] && [ $status = 0 ]; } ||
        { [ "$pattern" != pass ] && [ $status != 0 ] && grep -qE -- "$pattern" <<<"$output"; }; then
        ok=$((ok + 1))
        say "  ok       $step: $what"
    else
        worst=$what
        say "  MISSED   $step: $what (exit $status)"
        tail -n 20 <<<"$output"
    fi
    git checkout -q .
    git clean -fdq
}

model=models/glucose_s2008.c
plain=sim/base/nearest.c
tests=tests/sim/base/test_option.c

# plant_test NAME STATEMENTS: one more Criterion test
plant_test() {
    printf '#include <limits.h>\n#include <stdlib.h>\nstatic void *volatile planted_block;\n%s\n' \
        "Test(planted, $1)
{
    planted_block = NULL;
    $2
}" >>"$tests"
}

for step in format lint release asan; do expect "no fault" $step pass "$quick"; done

printf 'static int planted(int unused)\n{\n    return 0;\n}\n' >>$plain
expect "compiler warning, gcc" release 'error: .planted. defined but not used' "$quick"

printf 'static int planted(int unused)\n{\n    return 0;\n}\n' >>$plain
expect "compiler warning, clang" asan "error: unused (function|parameter)" "$quick"

sed -i '1a #include "titrate/env/env.h"' $model
expect "include of a later layer" lint 'layer models may not include the later layer env' "$quick"

sed -i '1a #include "titrate/env/env.h"' $model
expect "include of a later layer, by the suite" release 'lint_layers.*Failed' "$quick"

sed -i '1a #include <hdf5.h>' $plain
expect "third-party header outside its folder" lint 'third-party header <hdf5.h> outside' "$quick"

sed -i '1a #include "../sim/base/x.h"' $model
expect "relative include" lint "relative path" "$quick"

plant_test leak 'planted_block = malloc(64); planted_block = NULL;'
expect "leak in a test" asan 'LeakSanitizer: detected memory leaks' 'planted/*'

plant_test undefined 'volatile int x = INT_MAX; x = x + 1;'
expect "undefined operation" asan 'runtime error: signed integer overflow' 'planted/*'

plant_test overflow 'char *volatile p = malloc(8); p[8] = 1; free(p);'
expect "write past the end" asan 'heap-buffer-overflow' 'planted/*'

plant_test wrong 'cr_assert(0);'
expect "failing assertion" release 'Failing: 1' 'planted/*'

expect "filter that matches nothing" release 'Tested: 0' 'no_such_suite/*'

printf 'double planted(double x);\ndouble planted(double x)\n{\n    return exp(x);\n}\n' >>$model
expect "libm call in a model" lint 'exp: libm' "$quick"

printf 'int   planted;\n' >>$plain
expect "formatting slip" format 'clang-format-violations' "$quick"

sed -i 1d $plain
expect "file without licence line" lint 'no SPDX' "$quick"

printf 'void planted(void);\nvoid planted(void)\n{\n    puts("");\n}\n' >>$plain
expect "output outside the program" lint 'only experiments/cli' "$quick"

rm tests/models/test_glucose_s2008.c
expect "part without its oracle test" release 'has no oracle test' "$quick"

printf '/* see /%s/notes */\n' work >>$plain
expect "path of one machine" lint 'path of one machine' "$quick"

printf 'int planted(int x);\nint planted(int x)\n{\n    if (x)\n        return 1;\n    return 0;\n}\n' >>$plain
expect "statement without braces" tidy 'readability-braces' "$quick"

say "gates: compared $compared of $compared, ok $ok, worst $worst, skipped 0: none"
[ "$ok" = "$compared" ]
