// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file sim/cohort/children.h
 * @brief How a body's parameters are made for a child: one row per body.
 *
 *   published subjects --open--> spread --titri_spread_draw--> kinetics
 *   kinetics, need, sensitivity --build--> parameters of a body at rest on the basal insulin needed
 *
 * `sensitivity` is how strongly insulin acts, as a factor of the drawn one; who calls finds the one
 * with which meals take the insulin that the need says.
 */
#ifndef TITR_SIM_COHORT_CHILDREN_H
#define TITR_SIM_COHORT_CHILDREN_H

#include "spread.h"

#include "titrate/cohort/need.h"
#include "titrate/models/model.h"

/** A body that children are made of. */
typedef struct titri_children {
    const char *model; /* name of the body */
    /** @param[out] spread what is drawn. */
    titr_status (*open)(const titr_model_type *model, titri_spread *spread, titr_error *err);
    /** @param[in] kinetics as drawn, of the child's own weight. @param[in,out] patient covariates
     * are given; parameters written. @return TITR_ERR_RANGE where there is no such body. */
    titr_status (*build)(const double *kinetics, const titr_need *need, double sensitivity,
                         titr_patient *patient, titr_error *err);
    /** State x of a child at rest -> at another glucose in plasma and skin, insulin as it is, and
     *  tissue in balance. */
    void (*raise)(const titr_patient *patient, double glucose_mg_dl, double *x);
} titri_children;

/** A parameter of a patient of the model, by its name, to write. */
static inline double *titri_param(const titr_model_type *model, titr_patient *patient,
                                  const char *name)
{
    return &patient->params[titr_table_find(model->params, name)];
}
/** And to read. */
static inline double titri_param_of(const titr_model_type *model, const titr_patient *patient,
                                    const char *name)
{
    return patient->params[titr_table_find(model->params, name)];
}

/** Body by the name of its model. @return static object, NULL if none is made of it. */
const titri_children *titri_children_find(const char *model);

extern const titri_children titri_children_s2008, titri_children_hovorka;

#endif
