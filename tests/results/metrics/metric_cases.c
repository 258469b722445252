// SPDX-License-Identifier: GPL-3.0-or-later
#include "metric_cases.h"

#include <glob.h>
#include <sys/stat.h>

char *slurp(const char *path)
{
    struct stat about;
    FILE *f = fopen(path, "r");
    if (f == NULL || fstat(fileno(f), &about) != 0) {
        return NULL;
    }
    char *text = calloc((size_t)about.st_size + 1, 1);
    cr_assert_not_null(text);
    cr_assert_eq(fread(text, 1, (size_t)about.st_size, f), (size_t)about.st_size);
    (void)fclose(f);
    return text;
}

static void compare_one(const titr_metric_type *type, const reference_key *key, size_t n_keys,
                        const char *json, const struct titr_readings_of *of)
{
    char what[256];
    for (size_t k = 0; k < n_keys; k++) {
        const double want = json_number(json, of->id, key[k].theirs);
        cr_assert(!isnan(want), "%s: reference has no %s", of->id, key[k].theirs);
        (void)snprintf(what, sizeof what, "%s %s", of->id, key[k].ours);
        assert_close(value_of(type, &of->series, key[k].ours), want, 1e-9, 1e-12, what);
    }
}

void assert_agrees_with_reference(const titr_metric_type *type, const reference_key *key,
                                  size_t n_keys)
{
    glob_t found = {0};
    if (glob(TITR_REFERENCE_DIR "/metrics/iglu_*.csv", 0, NULL, &found) != 0) {
        cr_skip_test("no reference series");
    }
    for (size_t f = 0; f < found.gl_pathc; f++) {
        char path[1024];
        titr_error err = {0};
        titr_readings readings;
        const char *csv = found.gl_pathv[f];
        (void)snprintf(path, sizeof path, "%.*s_metrics.json", (int)(strlen(csv) - 4), csv);
        char *json = slurp(path);
        cr_assert_not_null(json, "%s", path);
        cr_assert_eq(titr_readings_read_csv(csv, NULL, &readings, &err), TITR_OK, "%s", err.what);
        for (size_t i = 0; i < readings.n; i++) {
            compare_one(type, key, n_keys, json, &readings.of[i]);
        }
        titr_readings_fini(&readings);
        free(json);
    }
    globfree(&found);
}
