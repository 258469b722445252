// SPDX-License-Identifier: GPL-3.0-or-later
#include "doses.h"

#include <stdlib.h>

typedef struct dose {
    double episode_row;
    float time_min, bolus_u, basal_u_per_h, carbs_g;
} dose;

#define COLUMN(field, kind_of, unit_text, doc_text)                                                \
    {                                                                                              \
        .name = #field, .unit = (unit_text), .doc = (doc_text), .source = "titrate",               \
        .kind = (kind_of), .size = sizeof(((dose *)0)->field), .offset = offsetof(dose, field)     \
    }
static const titri_column columns[] = {
    COLUMN(episode_row, TITRI_F64, "1", "row of /episodes, from 0"),
    COLUMN(time_min, TITRI_F32, "min", "time of the decision since the episode's start"),
    COLUMN(bolus_u, TITRI_F32, "U", "bolus requested of the pump; 0: none"),
    COLUMN(basal_u_per_h, TITRI_F32, "U/h", "the pump's basal rate from then on"),
    COLUMN(carbs_g, TITRI_F32, "g", "carbohydrate eaten in the interval; 0: none"),
};
#define N_COLUMNS (sizeof columns / sizeof columns[0])

titr_status titri_doses_init(titri_table *doses, titri_output *out, const titri_filters *filters,
                             titr_error *err)
{
    return titri_table_init(doses, out, "doses", columns, N_COLUMNS, filters, err);
}

/* Something was given or changed at step k. */
static int is_event(const titr_trajectory *t, size_t k)
{
    return k == 0 || t->dose_given_bolus_u[k] > 0.0F || t->carbs_g[k] > 0.0F ||
           t->programmed_basal_u_per_h[k] != t->programmed_basal_u_per_h[k - 1];
}

titr_status titri_doses_add(titri_table *doses, const titr_trajectory *t, double episode,
                            titr_error *err)
{
    dose *event = malloc((t->n + 1) * sizeof *event);
    if (event == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for the doses of %s",
                         doses->out->place.path, t->patient);
    }
    size_t n = 0;
    for (size_t k = 0; k < t->n; k++) {
        if (is_event(t, k)) {
            event[n++] = (dose){episode, t->time_min[k], t->dose_given_bolus_u[k],
                                t->programmed_basal_u_per_h[k], t->carbs_g[k]};
        }
    }
    titri_source source[N_COLUMNS];
    for (size_t c = 0; c < N_COLUMNS; c++) {
        source[c] = (titri_source){(const char *)event + columns[c].offset, sizeof *event};
    }
    const titr_status status = titri_table_add(doses, source, n, err);
    free(event);
    return status;
}
