// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/runner/kind.h"

#include "titrate/agents/agent.h"
#include "titrate/agents/shield.h"
#include "titrate/env/actions.h"
#include "titrate/env/pump.h"
#include "titrate/env/reward.h"
#include "titrate/env/scenario.h"
#include "titrate/env/sensor.h"
#include "titrate/env/task.h"
#include "titrate/metrics/metric.h"
#include "titrate/models/model.h"
#include "titrate/solve/solver.h"

#include <string.h>

#define NAMES_MAX 128

/* kind, one-line meaning */
#define KIND_MAP(X)                                                                                \
    X(model, "what a body does: a system of differential equations")                               \
    X(solver, "how the equations are integrated")                                                  \
    X(scenario, "what happens to a child: meals")                                                  \
    X(sensor, "how glucose is seen")                                                               \
    X(pump, "how insulin is delivered")                                                            \
    X(actions, "what a learner's level means as a dose")                                           \
    X(reward, "what a learner is rewarded for")                                                    \
    X(task, "benchmark tasks with published results, in place of children")                        \
    X(agent, "who doses: learners, clinical baselines, replayed regimens")                         \
    X(shield, "what may lower a dose between policy and environment")                              \
    X(metric, "what is measured")

#define X(kind, doc)                                                                               \
    static const titr_part *kind##_at(size_t i)                                                    \
    {                                                                                              \
        size_t n = 0;                                                                              \
        const titr_##kind##_type *const *all = titr_##kind##_all(&n);                              \
        return i < n ? &all[i]->part : NULL;                                                       \
    }
KIND_MAP(X)
#undef X

static const titr_kind kinds[] = {
#define X(kind, text) {.name = #kind, .doc = (text), .at = kind##_at},
    KIND_MAP(X)
#undef X
};

const titr_kind *titr_kinds(size_t *n)
{
    *n = sizeof kinds / sizeof kinds[0];
    return kinds;
}

const titr_kind *titr_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

const titr_part *titr_kind_part(const titr_kind *kind, const char *name)
{
    const titr_part *part = NULL;
    for (size_t i = 0; (part = kind->at(i)) != NULL; i++) {
        if (strcmp(part->name, name) == 0) {
            return part;
        }
    }
    return NULL;
}

const char *titr_kind_nearest(const titr_kind *kind, const char *name)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    for (const titr_part *part = NULL; n < NAMES_MAX && (part = kind->at(n)) != NULL; n++) {
        names[n] = part->name;
    }
    return titr_nearest(name, names, n);
}
