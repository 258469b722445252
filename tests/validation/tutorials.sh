# SPDX-License-Identifier: GPL-3.0-or-later
# Every command of docs/tutorials runs and prints what the page says; with --write the pages get what
# was printed.
set -euo pipefail
source tools/common.sh
need_sundials
step "build titrate" build release --target titrate_cli
exec perl tests/validation/tutorials.pl "$@" build/release/experiments/cli/titrate . docs/tutorials/*.md
