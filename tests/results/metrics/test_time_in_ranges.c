// SPDX-License-Identifier: GPL-3.0-or-later
/* Time in ranges: boundaries, published and independent values, metamorphic properties. */
#include "metric_cases.h"

extern const titr_metric_type titr_metric_time_in_ranges;
static const titr_metric_type *const type = &titr_metric_time_in_ranges;

static double one(double glucose_mg_dl, const char *key)
{
    return of_glucose(type, &glucose_mg_dl, 1, key);
}

Test(time_in_ranges, boundaries_to_one_ulp)
{
    static const struct {
        const char *key;
        double bound;
        int at, below, above; /* 1: counted there */
    } row[] = {
        {"tbr_below_54_percent", 54.0, 0, 1, 0},   {"tbr_below_70_percent", 70.0, 0, 1, 0},
        {"tir_70_180_percent", 70.0, 1, 0, 1},     {"tir_70_180_percent", 180.0, 1, 1, 0},
        {"titr_70_140_percent", 70.0, 1, 0, 1},    {"titr_70_140_percent", 140.0, 1, 1, 0},
        {"tar_above_180_percent", 180.0, 0, 0, 1}, {"tar_above_250_percent", 250.0, 0, 0, 1},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        cr_assert_float_eq(one(row[i].bound, row[i].key), 100.0 * row[i].at, 0.0);
        cr_assert_float_eq(one(nextafter(row[i].bound, 0.0), row[i].key), 100.0 * row[i].below,
                           0.0);
        cr_assert_float_eq(one(nextafter(row[i].bound, 1e9), row[i].key), 100.0 * row[i].above,
                           0.0);
    }
}

Test(time_in_ranges, independent_series)
{
    static const reference_key key[] = {
        {"tir_70_180_percent", "in_range_70_180"}, {"titr_70_140_percent", "in_range_70_140"},
        {"tbr_below_70_percent", "below_70"},      {"tbr_below_54_percent", "below_54"},
        {"tar_above_180_percent", "above_180"},    {"tar_above_250_percent", "above_250"},
    };
    assert_agrees_with_reference(type, key, sizeof key / sizeof key[0]);
}

/* Published results of another simulator: 30 virtual patients, its own files. */
Test(time_in_ranges, published_simulations)
{
    static const reference_key key[] = {{"tir_70_180_percent", "in_70_180_pct"},
                                        {"tar_above_180_percent", "gt_180_pct"},
                                        {"tbr_below_70_percent", "lt_70_pct"},
                                        {"tar_above_250_percent", "gt_250_pct"}};
    static const char dir[] = TITR_REFERENCE_DIR "/metrics/";
    char path[1024];
    titr_readings readings;
    titr_error err = {0};
    (void)snprintf(path, sizeof path, "%ssimglucose_example_metrics.json", dir);
    char *json = slurp(path);
    if (json == NULL) {
        cr_skip_test("no reference series");
    }
    char *compact = json; /* the file has a blank after each colon */
    for (const char *c = json; *c != '\0'; c++) {
        if (*c != ' ') {
            *compact++ = *c;
        }
    }
    *compact = '\0';
    (void)snprintf(path, sizeof path, "%ssimglucose_example_bg.csv", dir);
    cr_assert_eq(titr_readings_read_csv(path, "bg", &readings, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(readings.n, 30);
    for (size_t i = 0; i < readings.n; i++) {
        const struct titr_readings_of *of = &readings.of[i];
        for (size_t k = 0; k < sizeof key / sizeof key[0]; k++) {
            assert_close(value_of(type, &of->series, key[k].ours),
                         json_number(json, of->id, key[k].theirs), 1e-9, 1e-12, of->id);
        }
    }
    titr_readings_fini(&readings);
    free(json);
}

Test(time_in_ranges, order_doubling_and_shift_change_nothing)
{
    const double g[] = {40, 53, 60, 70, 100, 140, 150, 180, 200, 260};
    double twice[20], back[10];
    for (size_t i = 0; i < 10; i++) {
        twice[i] = twice[i + 10] = g[i];
        back[9 - i] = g[i];
    }
    for (size_t k = 0; k < type->n_values; k++) {
        const char *key = type->value[k].key;
        const double want = of_glucose(type, g, 10, key);
        cr_assert_float_eq(of_glucose(type, twice, 20, key), want, 0.0);
        cr_assert_float_eq(of_glucose(type, back, 10, key), want, 0.0);
    }
    cr_assert_float_eq(of_glucose(type, g, 10, "tir_70_180_percent"), 50.0, 0.0);
    cr_assert_float_eq(of_glucose(type, g, 10, "tbr_below_54_percent"), 20.0, 0.0);
}

Test(time_in_ranges, nothing_read_is_undefined)
{
    cr_assert(isnan(of_glucose(type, NULL, 0, "tir_70_180_percent")));
}
