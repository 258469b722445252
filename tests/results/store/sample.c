// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t sample_next(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15U;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static double number(uint64_t *state)
{
    return (double)(sample_next(state) % 400000U) / 1000.0;
}

static titr_step random_step(uint64_t *state, size_t i)
{
    titr_step row;
#define X(name, type, unit, doc) row.name = (type)((int)number(state) % 100);
    TITR_STEP_COLUMNS(X)
#undef X
    row.time_min = (float)i * 5.0F;
    row.elapsed_min = 5.0F;
    row.glucose_mg_dl = (float)number(state);
    row.cgm_mg_dl = i % 7 == 6 ? (float)NAN : (float)number(state);
    row.action_level = (int16_t)((int)(i % 9) - 1);
    return row;
}

/* The row of the step to come. */
static void fill_panels(const sample_run *run, uint64_t *state, titr_trajectory *t)
{
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        for (size_t s = 0; s < run->states; s++) {
            titr_trajectory_panel_row(t, (titr_panel)p, t->n)[s] = (float)number(state);
        }
    }
}

void sample_episode(const sample_run *run, size_t k, titr_trajectory *t)
{
    uint64_t state = run->seed * 1000003U + k;
    const size_t n =
        k % 3 == 2 ? 0 : run->steps / 2 + (size_t)(sample_next(&state) % (run->steps + 1));
    titr_trajectory_clear(t);
    (void)snprintf(t->policy, sizeof t->policy, "policy_%zu", k % 2);
    (void)snprintf(t->patient, sizeof t->patient, "child#%03zu", k % 2 + 1);
    t->seed = 18446744073709551557U - run->seed; /* beyond what a double or an int64 holds */
    t->episode = (uint32_t)(1001 + k);
    t->end = n == 0 ? 3 : (int)(k % 2) + 1;
    t->horizon_min = 20160.0;
    t->end_min = (double)n * 5.0;
    t->final_glucose_mg_dl = n == 0 ? (float)NAN : (float)number(&state);
    t->final_cgm_mg_dl = n == 0 ? (float)NAN : (float)number(&state);
    (void)snprintf(t->fault, sizeof t->fault, "%s",
                   n == 0 ? "cvode: \"too much work\", t = 0" : "");
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        if (titr_trajectory_set_panel(t, (titr_panel)p, run->states, NULL) != TITR_OK) {
            abort();
        }
    }
    fill_panels(run, &state, t);
    for (size_t i = 0; i < n; i++) {
        const titr_step row = random_step(&state, i);
        if (titr_trajectory_append(t, &row, NULL) != TITR_OK) {
            abort();
        }
        fill_panels(run, &state, t);
    }
    for (size_t i = 0; i < run->minutes; i++) {
        const titr_minute row = {(float)i + 1.0F, (float)number(&state), 0.05F, 0.0F};
        if (titr_trajectory_append_minute(t, &row, NULL) != TITR_OK) {
            abort();
        }
    }
}

titr_table sample_states(const sample_run *run)
{
    static const titr_quantity rows[] = {
        {"plasma_glucose_mg_kg", "mg/kg", 0.0, 0.0, 1e3, "derived"},
        {"a_tissue_glucose_mg_kg", "mg/kg", 0.0, 0.0, 1e3, "derived"},
        {"stomach_mg", "mg", 0.0, 0.0, 1e6, "derived"},
        {"insulin_pmol_kg", "pmol/kg", 0.0, 0.0, 1e3, "derived"},
    };
    const titr_table table = {rows, run->states};
    return table;
}

const titr_cohort *sample_cohort(void)
{
    static titr_child child[2];
    static const titr_cohort cohort = {.child = child, .n = 2, .note = "made up"};
    for (size_t i = 0; i < 2; i++) {
        titr_child *c = &child[i];
        (void)snprintf(c->patient.id, sizeof c->patient.id, "child#%03zu", i + 1);
        c->patient.age_years = 8.0 + (double)i;
        c->patient.weight_kg = 34.5561 + (double)i;
        c->patient.height_cm = 130.0 + (double)i;
        c->patient.sex = i == 0 ? TITR_SEX_FEMALE : TITR_SEX_MALE;
        c->patient.params[0] = 0.25 + (double)i;
        c->patient.params[1] = 1.0 / 3.0;
        for (size_t h = 0; h < 24; h++) {
            c->published.basal_u_per_h[h] = 0.2 + 0.01 * (double)h;
            c->published.cr_g_per_u[h] = 28.6;
            c->published.cf_mg_dl_per_u[h] = 103.0;
            c->published.target_mg_dl[h] = 140.0;
        }
        c->published.tdi_u_per_day = 17.47;
    }
    return &cohort;
}

const titr_model_type *sample_model(void)
{
    static const titr_quantity params[] = {
        {"kabs_per_min", "1/min", 0.2, 0.0, 2.0, "assumed"},
        {"vg_dl_per_kg", "dL/kg", 1.8, 0.1, 9.0, "assumed"},
    };
    static const titr_model_type model = {.part = {.name = "sample"}, .params = TITR_TABLE(params)};
    return &model;
}

static titr_status fill(const sample_run *run, titr_writer *w, titr_error *err)
{
    static const double step[] = {100.0, 200.0, 300.0};
    static const double value[] = {-1.5, 2.25, 1.0 / 3.0};
    static const char *const note[] = {"first", "", "caf\xc3\xa9, \"quoted\""};
    const titr_sheet_column column[] = {
        {"step", "1", "decisions so far", step, NULL},
        {"return", "1", "mean return", value, NULL},
        {"note", "", "a text", NULL, note},
    };
    titr_trajectory t;
    titr_trajectory_init(&t);
    titr_status status = TITR_OK;
    for (size_t k = 0; k < run->episodes && status == TITR_OK; k++) {
        sample_episode(run, k, &t);
        status = titr_writer_append(w, &t, err);
    }
    titr_trajectory_fini(&t);
    TITR_TRY(status);
    TITR_TRY(titr_writer_patients(w, sample_cohort(), sample_model(), err));
    TITR_TRY(titr_writer_sheet(w, "training/q/fold_1", column, 3, 3, err));
    char manifest[200];
    (void)snprintf(manifest, sizeof manifest,
                   "{\"experiment\": \"sample\", \"seed\": \"%llu\", \"note\": \"%*s\"}",
                   (unsigned long long)run->seed, (int)(run->seed % 70), "");
    return titr_writer_manifest(w, manifest, err);
}

titr_status sample_write(const sample_run *run, const char *path, titr_error *err)
{
    titr_writer *w = NULL;
    const titr_table states = sample_states(run);
    const titr_table panels[TITR_N_PANELS] = {states, states, states, states};
    TITR_TRY(titr_writer_open(path, run->compression, run->minutes > 0, panels, &w, err));
    const titr_status status = fill(run, w, err);
    if (status != TITR_OK) {
        titr_writer_abort(w);
        return status;
    }
    return titr_writer_commit(w, err);
}

int sample_equal(const titr_trajectory *a, const titr_trajectory *b)
{
    int equal = strcmp(a->policy, b->policy) == 0 && strcmp(a->patient, b->patient) == 0 &&
                strcmp(a->fault, b->fault) == 0 && a->seed == b->seed && a->episode == b->episode &&
                a->end == b->end && a->n == b->n && a->minutes.n == b->minutes.n &&
                memcmp(&a->horizon_min, &b->horizon_min, sizeof a->horizon_min) == 0 &&
                memcmp(&a->end_min, &b->end_min, sizeof a->end_min) == 0 &&
                memcmp(&a->final_glucose_mg_dl, &b->final_glucose_mg_dl, sizeof(float)) == 0 &&
                memcmp(&a->final_cgm_mg_dl, &b->final_cgm_mg_dl, sizeof(float)) == 0;
    /* bits, not values: NaN must come back too */
#define X(name, type, unit, doc)                                                                   \
    equal = equal && (a->n == 0 || memcmp(a->name, b->name, a->n * sizeof(type)) == 0);
    TITR_STEP_COLUMNS(X)
#undef X
#define X(name, type, unit, doc)                                                                   \
    equal = equal && (a->minutes.n == 0 ||                                                         \
                      memcmp(a->minutes.name, b->minutes.name, a->minutes.n * sizeof(type)) == 0);
    TITR_MINUTE_COLUMNS(X)
#undef X
    for (size_t p = 0; p < TITR_N_PANELS && equal; p++) {
        /* of observations and masks the row after the last step is stored as well */
        const int final = p == TITR_PANEL_OBSERVATIONS || p == TITR_PANEL_MASK;
        const size_t rows = a->n + (final ? 1 : 0);
        const size_t values = rows * a->width[p];
        equal = a->width[p] == b->width[p] &&
                (values == 0 || memcmp(a->panel[p], b->panel[p], values * sizeof(float)) == 0);
    }
    return equal;
}

char *sample_slurp(const char *path, size_t *bytes)
{
    struct stat st;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &st) != 0) {
        abort();
    }
    char *content = calloc(1, (size_t)st.st_size + 1);
    if (content == NULL || fread(content, 1, (size_t)st.st_size, file) != (size_t)st.st_size) {
        abort();
    }
    (void)fclose(file);
    if (bytes != NULL) {
        *bytes = (size_t)st.st_size;
    }
    return content;
}

void sample_folder(char folder[256])
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(folder, 256, "%.200s/titrate_store_XXXXXX", base == NULL ? "/tmp" : base);
    if (mkdtemp(folder) == NULL) {
        abort();
    }
}

void sample_folder_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char path[600];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(dir);
    (void)rmdir(folder);
}
