// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/metrics/metric.h
 * @brief Metrics: from a series of readings to numbers with units.
 *
 * A metric family is one file: it computes its values from a titr_series. The same families score
 * true glucose, CGM (keys prefixed `cgm_`), a live run, an HDF5 file and a CSV from a real sensor.
 *
 * Boundary conventions (consensus, [battelino2019]): TBR < 70 and < 54, TIR 70..180 inclusive, TITR
 * 70..140 inclusive, TAR > 180 and > 250; percentages are of readings, not interpolated.
 */
#ifndef TITR_METRICS_METRIC_H
#define TITR_METRICS_METRIC_H

#include "titrate/agents/shield.h"
#include "titrate/base/option.h"
#include "titrate/base/text.h"
#include "titrate/store/trajectory.h"

/** Readings of one child. Missing readings are not in it. */
typedef struct titr_series {
    size_t n;                    /* readings */
    const double *time_min;      /* ascending                                         */
    const double *glucose_mg_dl; /* finite                                            */
    /* What only a simulated episode knows; NaN / 0 for a plain CGM series: */
    double insulin_u;           /* delivered in all                                      */
    double basal_insulin_u;     /* part of insulin_u requested as basal */
    double carbs_g;             /* eaten */
    double duration_min;        /* time covered by the readings, insulin_u and carbs_g   */
    double horizon_min;         /* planned end; NaN: not an episode                      */
    double end_min;             /* real end                                              */
    int failed;                 /* TERMINATED or FAULT                                   */
    double final_glucose_mg_dl; /* at end_min: tells the side that was left; NaN after a fault */
    /* what a shield did; 0 without one */
    size_t shield_lowered; /* decisions whose dose it lowered                  */
    double withheld_u;     /* insulin that it withheld                         */
    int rules_unknown;     /* 1 = rule_lowered does not tell, see titr_series_of */
    size_t rule_lowered[TITR_SHIELD_RULES_MAX]; /* decisions that each registered rule lowered */
} titr_series;

/** One number of a family. */
typedef struct titr_metric_value {
    const char *key;        /* with unit: "tir_70_180_percent" */
    const char *unit, *doc; /* UCUM; one line */
    double lo, hi;          /* possible range */
} titr_metric_value;

/** A registered metric family: a constant table of functions. */
typedef struct titr_metric_type {
    titr_part part;                 /* name, doc, source, options */
    const titr_metric_value *value; /* n_values rows */
    size_t n_values;                /* rows of value */
    int of_readings;                /* 1 = meaningful for CGM as well: also reported as cgm_<key> */
    /** @param[out] out [n_values]; NaN where undefined (too few readings, not an episode). */
    void (*compute)(const titr_series *series, double *out);
} titr_metric_type;

/** Registered family by name. @return static object, NULL if unknown. */
const titr_metric_type *titr_metric_find(const char *name);
/** Registered families in list order. @return static array of *n entries. */
const titr_metric_type *const *titr_metric_all(size_t *n);

/** Bytes of a key, terminating zero included. */
#define TITR_METRIC_KEY_MAX 64

/** All metrics of one series, in registry order; with `cgm` != NULL the of_readings ones again for
 *  it, prefixed "cgm_". */
typedef struct titr_scores {
    size_t n;                          /* scores */
    struct titr_score {                /* one number */
        char key[TITR_METRIC_KEY_MAX]; /* with unit, e.g. "cgm_tir_70_180_percent" */
        const char *unit, *doc;        /* static */
        double value;                  /* NaN where undefined */
    } * score;                         /* owned */
} titr_scores;
/** @param[in] cgm may be NULL. @param[out] out owned by the caller: titr_scores_fini. */
titr_status titr_scores_compute(const titr_series *truth, const titr_series *cgm, titr_scores *out,
                                titr_error *err) TITR_NODISCARD;
/** Release the scores. */
void titr_scores_fini(titr_scores *scores);
/** Value by key. @return NaN when there is none. */
double titr_scores_get(const titr_scores *scores, const char *key);
/** Every value as a member of the object that is open in `json`; null where undefined. */
void titr_scores_json(const titr_scores *scores, titr_json *json);

/** Series of an episode from `from_min` on (a dropped first day, say): true glucose or CGM.
 *  @param[out] series its arrays are malloc'ed: titr_series_fini. Readings are the values at
 *  decisions; the final value is not among them. Which rules of the shield acted is unknown where
 *  the episode does not have its panel. */
titr_status titr_series_of(const titr_trajectory *t, int cgm, double from_min, titr_series *series,
                           titr_error *err) TITR_NODISCARD;
/** Release a series that titr_series_of made. */
void titr_series_fini(titr_series *series);

#endif
