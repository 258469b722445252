// SPDX-License-Identifier: GPL-3.0-or-later
/* What the agents file and a checkpoint hold of each policy: a group named after it, with a
 * manifest of everything that shapes its learning and its training jobs. So what was learned by one
 * policy is kept when another one is changed or added, and is never mixed up with another
 * experiment's. */
#ifndef TITRI_AGENTS_FILE_H
#define TITRI_AGENTS_FILE_H

#include "lab.h"

/* Save or load what a group holds beside its manifest. */
typedef titr_status titri_policy_visit(void *context, size_t policy, titr_visitor *v,
                                       titr_error *err);

/* What to do with a policy's group when it is loaded. */
typedef enum titri_misfit {
    TITRI_MISFIT_FAILS, /* a manifest of another set-up is an error */
    TITRI_MISFIT_SKIPS  /* or not worth loading */
} titri_misfit;

/* The policies of a file. */
typedef struct titri_agents {
    const titri_lab *lab;
    const unsigned char *chosen; /* [policies] 1 = to be saved, or to be loaded if it is there */
    titri_policy_visit *visit;
    void *context;
    titri_misfit misfit;
    unsigned char *loaded; /* [policies] out: 1 = was there and is loaded */
    size_t others;         /* out: groups that are not chosen, of policies with nothing learned */
    size_t misfits;        /* out: groups skipped */
} titri_agents;

titr_status titri_agents_save(titri_agents *agents, const char *path,
                              titr_error *err) TITR_NODISCARD;
titr_status titri_agents_load(titri_agents *agents, const char *path,
                              titr_error *err) TITR_NODISCARD;

#endif
