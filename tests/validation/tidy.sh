# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy over every source of the project, one file per process.
set -euo pipefail
source tools/common.sh
source tools/tidy_lib.sh
mapfile -t files < <(c_files | grep '\.c$')
tidy_files "${files[@]}" || true
say "tidy: compared $tidy_total of $tidy_total, ok $tidy_clean, worst $tidy_worst, skipped 0: none"
[ "$tidy_clean" -gt 0 ] && [ "$tidy_clean" = "$tidy_total" ]
