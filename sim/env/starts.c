// SPDX-License-Identifier: GPL-3.0-or-later
/* Who plays in the lanes, saved beside their state so that nobody else goes on with it. */
#include "titrate/env/type.h"

#include <stdlib.h>

/* Who plays in the lanes, as columns. */
typedef struct identity {
    uint64_t *seed;
    uint32_t *episode, *patient;
    unsigned char *started;
} identity;

static void free_identity(identity *id)
{
    free(id->seed);
    free(id->episode);
    free(id->patient);
    free(id->started);
}

static titr_status make_identity(identity *id, const titr_lane_start *start, size_t n,
                                 titr_error *err)
{
    *id = (identity){.seed = calloc(n, sizeof *id->seed),
                     .episode = calloc(n, sizeof *id->episode),
                     .patient = calloc(n, sizeof *id->patient),
                     .started = calloc(n, 1)};
    if (!id->seed || !id->episode || !id->patient || !id->started) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the names of %zu lanes", n);
    }
    for (size_t lane = 0; lane < n; lane++) {
        if (start[lane].child != NULL) {
            id->started[lane] = 1;
            id->seed[lane] = start[lane].seed;
            id->episode[lane] = start[lane].episode;
            id->patient[lane] = start[lane].child->patient.key;
        }
    }
    return TITR_OK;
}

static titr_status visit_columns(identity *id, size_t n, titr_visitor *v, titr_error *err)
{
    TITR_TRY(titr_visit_vector(v, "started", TITR_U8, n, id->started, err));
    TITR_TRY(titr_visit_vector(v, "seed", TITR_I64, n, id->seed, err));
    TITR_TRY(titr_visit_vector(v, "episode", TITR_U32, n, id->episode, err));
    return titr_visit_vector(v, "patient", TITR_U32, n, id->patient, err);
}

static titr_status compare(const identity *saved, const identity *given, size_t n, titr_error *err)
{
    for (size_t lane = 0; lane < n; lane++) {
        if (saved->started[lane] != given->started[lane] ||
            saved->seed[lane] != given->seed[lane] ||
            saved->episode[lane] != given->episode[lane] ||
            saved->patient[lane] != given->patient[lane]) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "saved lane %zu plays another child, seed or episode (%u) than the "
                             "one to go on with (%u)",
                             lane, (unsigned)saved->episode[lane], (unsigned)given->episode[lane]);
        }
    }
    return TITR_OK;
}

titr_status titr_env_visit_starts(titr_visitor *v, const titr_lane_start *who, size_t n,
                                  titr_error *err)
{
    identity given = {0}, saved = {0};
    titr_status status = make_identity(&given, who, n, err);
    if (status == TITR_OK) {
        status = make_identity(&saved, who, n, err);
    }
    if (status == TITR_OK) {
        status = visit_columns(&saved, n, v, err);
    }
    if (status == TITR_OK) {
        status = compare(&saved, &given, n, err);
    }
    free_identity(&given);
    free_identity(&saved);
    return status;
}
