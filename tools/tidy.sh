# SPDX-License-Identifier: GPL-3.0-or-later
source tools/tidy_lib.sh
need run test
need_sundials
if [ ${#args[@]} -gt 0 ]; then
    tidy_files "${args[@]}"
else
    tidy_changed
fi
