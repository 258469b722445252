// SPDX-License-Identifier: GPL-3.0-or-later
/* ./dev validate glucose-reference [DIR]: the bodies against their peers' trajectories; see
 * tests/support/glucose_reference.h for the format of DIR and the bounds.
 */
#include "support/glucose_reference.h"

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : TITR_REFERENCE_DIR "/glucose";
    reference_result r, loose;
    if (!reference_compare(folder, REFERENCE_RTOL, stdout, &r)) {
        (void)printf("no folder %s\n", folder);
    }
    (void)reference_compare(folder, 1e-9, NULL, &loose);
    (void)printf(
        "bounds: glucose %g mg/dL, states %g relative; worst is the largest difference over "
        "its bound\n",
        REFERENCE_GLUCOSE_BOUND, REFERENCE_STATE_BOUND);
    (void)printf("at CVODE rtol %g: glucose %.1e mg/dL, states %.1e; at 1e-9: %.1e and %.1e, "
                 "%zu of %zu ok\n",
                 REFERENCE_RTOL, r.glucose, r.state, loose.glucose, loose.state, loose.ok,
                 loose.compared);
    (void)printf(
        "glucose-reference: compared %zu of %zu, ok %zu, worst %.3g (%s), skipped %zu: none",
        r.compared, r.n_files, r.ok, r.worst, r.compared > 0 ? r.worst_file : "none", r.failed);
    if (r.failed > 0) {
        (void)printf("; %zu could not be compared", r.failed);
    }
    (void)printf("\n");
    return reference_holds(&r) ? 0 : 1;
}
