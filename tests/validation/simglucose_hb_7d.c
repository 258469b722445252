// SPDX-License-Identifier: GPL-3.0-or-later
/* The peer's protocol: 10 published children, basal-bolus with the published ratios and no insulin
 * on board, Harris-Benedict meals, 7 days of which the first is dropped, one seed, faithful mode,
 * no stop at 40 and 600 mg/dL. Figures of the peer itself: simglucose 0.2.11 run with RL4BG's meals
 * (TIR 76.39 %, TBR<70 16.16 %, 3 of 10 children leave 40-600 mg/dL at some time). */
#include "titrate/config/config.h"
#include "titrate/runner/runner.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PEER_TIR 76.39
#define PEER_TBR 16.16
#define PEER_LEAVE 3
#define POINTS 3.0

static int check(const char *what, double figure, double peer, double bound)
{
    const int holds = fabs(figure - peer) <= bound;
    (void)printf("%-28s %8.2f   peer %6.2f   within %g: %s\n", what, figure, peer, bound,
                 holds ? "pass" : "falls short");
    return holds;
}

/* Children who were below 40 or above 600 at some time, the first day included. */
static int leave(const char *run, titr_error *err)
{
    titr_reader *reader = NULL;
    titr_summary all;
    if (titr_reader_open(run, &reader, err) != TITR_OK ||
        titr_summary_of_run(reader, 0.0, "", 0, &all, err) != TITR_OK) {
        titr_reader_close(reader);
        return -1;
    }
    int n = 0;
    for (size_t i = 0; i < all.n_episodes; i++) {
        const titr_scores *s = &all.episode[i].scores;
        n += titr_scores_get(s, "min_glucose_mg_dl") < 40.0 ||
             titr_scores_get(s, "max_glucose_mg_dl") > 600.0;
    }
    titr_summary_fini(&all);
    titr_reader_close(reader);
    return n;
}

static int compare(const titr_summary *summary, int left)
{
    const titr_summary_row *row = &summary->row[0];
    int ok = 0;
    ok += check("TIR 70-180, %", titr_summary_mean(summary, row, "tir_70_180_percent"), PEER_TIR,
                POINTS);
    ok += check("TBR < 70, %", titr_summary_mean(summary, row, "tbr_below_70_percent"), PEER_TBR,
                POINTS);
    ok += check("children leaving 40-600", left, PEER_LEAVE, 1.0);
    return ok;
}

int main(void)
{
    titr_error err = {0};
    titr_experiment e;
    titr_summary summary;
    if (titr_config_read(TITR_SOURCE_DIR "/experiments/simglucose-hb-7d.cfg", NULL, 0, &e, &err) !=
        TITR_OK) {
        (void)printf("simglucose-hb-7d: compared 0 of 3, ok 0: %s\n", err.what);
        return 1;
    }
    (void)snprintf(e.output.folder, sizeof e.output.folder, TITR_SOURCE_DIR "/results/runs");
    (void)mkdir(e.output.folder, 0777);
    int ok = 0, compared = 0;
    if (titr_simulate(&e, NULL, 0, NULL, &summary, &err) == TITR_OK) {
        char run[1024];
        titr_run_path(&e, ".h5", run, sizeof run);
        const int left = leave(run, &err);
        compared = left >= 0 ? 3 : 0;
        ok = compared ? compare(&summary, left) : 0;
        titr_summary_fini(&summary);
    }
    (void)printf("simglucose-hb-7d: compared %d of 3, ok %d, skipped 0%s%s\n", compared, ok,
                 err.what[0] ? ": " : "", err.what);
    titr_experiment_fini(&e);
    return ok == 3 ? 0 : 1;
}
