// SPDX-License-Identifier: GPL-3.0-or-later
/* ./dev validate task-reference [DIR]: the benchmark tasks against another program's steps and
 * values; see tests/support/task_reference.h for the format of DIR and the bounds.
 */
#include "support/task_reference.h"

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : TITR_REFERENCE_DIR "/rl";
    task_reference_result r;
    if (!task_reference_compare(folder, "", stdout, &r)) {
        (void)printf("no folder %s\n", folder);
    }
    (void)printf("bounds: one step %g, free-running CartPole %g, values %g; %zu rows compared; "
                 "worst is the largest difference over its bound\n",
                 TASK_STEP_BOUND, TASK_FREE_BOUND, TASK_VALUE_BOUND, r.rows);
    (void)printf("task-reference: compared %zu of %zu, ok %zu, worst %.3g (%s), skipped %zu: %s",
                 r.compared, r.n_files, r.ok, r.worst, r.compared > 0 ? r.worst_file : "none",
                 r.skipped + r.failed, r.skipped > 0 ? r.why_skipped : "none");
    if (r.failed > 0) {
        (void)printf("; %zu could not be compared", r.failed);
    }
    (void)printf("\n");
    return task_reference_holds(&r) ? 0 : 1;
}
