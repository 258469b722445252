# SPDX-License-Identifier: GPL-3.0-or-later
# Figures of the sources with their bounds; then coverage, unless --fast.
need run test
failed=0
perl tools/quality.pl || failed=1
if [ "${args[0]:-}" != --fast ]; then
    source tools/coverage.sh || failed=1
fi
exit $failed
