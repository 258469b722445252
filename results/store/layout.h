// SPDX-License-Identifier: GPL-3.0-or-later
/* What a stored column is: one table drives writing, reading, export and docs/file-format.md. */
#ifndef TITRI_STORE_LAYOUT_H
#define TITRI_STORE_LAYOUT_H

#include "titrate/store/store.h"

#define TITRI_SEED_MAX 24 /* a 64-bit decimal number and its end */
#define TITRI_FAULT_MAX 192

typedef enum titri_kind {
    TITRI_F64,
    TITRI_F32,
    TITRI_I32,
    TITRI_I16,
    TITRI_I8,
    TITRI_TEXT /* fixed width, ends in zero */
} titri_kind;

typedef struct titri_column {
    const char *name, *unit, *doc, *source;
    titri_kind kind;
    size_t size;   /* bytes of one value; TEXT: its width, terminating zero included       */
    size_t offset; /* steps, minutes: of the column's pointer in titr_trajectory;
                      episodes: of the value in titri_episode                              */
} titri_column;

/* Row of /episodes. Offsets and counts are float64 or int32 and the seed is a text, because some
 * readers lose the digits of large 64-bit integers. */
typedef struct titri_episode {
    char policy[TITR_NAME_MAX];
    char patient[TITR_ID_MAX];
    char seed[TITRI_SEED_MAX];
    double episode;
    int8_t end;
    double horizon_min, end_min;
    float final_glucose_mg_dl, final_cgm_mg_dl;
    char fault[TITRI_FAULT_MAX];
    double first_step, first_minute;
    int32_t n_steps, n_minutes;
} titri_episode;

enum {
#define X(name, type, unit, doc) TITRI_STEP_##name,
    TITR_STEP_COLUMNS(X)
#undef X
        TITRI_N_STEP
};
enum {
#define X(name, type, unit, doc) TITRI_MINUTE_##name,
    TITR_MINUTE_COLUMNS(X)
#undef X
        TITRI_N_MINUTE
};
#define TITRI_N_EPISODE 14

extern const titri_column titri_step_column[TITRI_N_STEP];
extern const titri_column titri_minute_column[TITRI_N_MINUTE];
extern const titri_column titri_episode_column[TITRI_N_EPISODE];

/* The columns of a run: on children, or on a benchmark task, which has no glucose and no doses. */
typedef struct titri_layout {
    const char *content; /* attribute of the root */
    const titri_column *step, *episode;
    size_t n_step, n_episode; /* at most TITRI_N_STEP, TITRI_N_EPISODE */
} titri_layout;
extern const titri_layout titri_layout_children, titri_layout_task;

/* Where a panel is stored and how its columns are called in a CSV file of the steps. */
typedef struct titri_panel_info {
    const char *group;       /* rows parallel to /steps                       */
    const char *final_group; /* rows parallel to /episodes; NULL: not stored  */
    const char *doc, *prefix;
} titri_panel_info;
extern const titri_panel_info titri_panel_info_of[TITR_N_PANELS];

/* Codes of /episodes/end, for the attribute `codes`. */
#define TITRI_END_CODES "0 none, 1 terminated, 2 truncated, 3 fault"

/* Values of a step or minute column. */
void *titri_column_values(const titr_trajectory *t, const titri_column *column);

/* Room for n steps and n_minutes minutes; rows already there are kept. */
titr_status titri_trajectory_reserve(titr_trajectory *t, size_t n, size_t n_minutes,
                                     titr_error *err) TITR_NODISCARD;

#endif
