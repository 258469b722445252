# SPDX-License-Identifier: GPL-3.0-or-later
need run test
need_sundials
exec perl tools/mutate.pl "${args[@]}"
