// SPDX-License-Identifier: GPL-3.0-or-later
/* The greedy policy as a network with what stands around it. Agents that choose by more than their
 * network's values do not show it. */
#include "deep.h"

#include <math.h>

static void list_feed(const titri_deep *d)
{
    const titri_encoder *e = &d->encoder;
    titr_network_feed *feed = d->acting.feed;
    for (size_t i = 0; i < e->n_obs; i++) {
        if (e->discrete[i] == 0) {
            *feed++ = (titr_network_feed){.column = i, .shift = e->shift[i], .scale = e->scale[i]};
        }
        for (size_t k = 0; k < e->discrete[i]; k++) {
            *feed++ = (titr_network_feed){.column = i, .one_hot = 1, .value = (double)k};
        }
    }
}

static titr_network_head head_of(const titri_deep *d)
{
    switch (d->head.kind) {
    case TITRI_HEAD_CATEGORICAL:
        return TITR_HEAD_CATEGORICAL;
    case TITRI_HEAD_QUANTILE:
        return d->def.tau_cosines > 0 ? TITR_HEAD_IMPLICIT : TITR_HEAD_QUANTILES;
    default:
        return TITR_HEAD_VALUES;
    }
}

titr_status titri_deep_network(const void *self, titr_network_view *out, titr_error *err)
{
    (void)err;
    const titri_deep *d = self;
    const int implicit = d->def.tau_cosines > 0;
    list_feed(d);
    for (size_t i = 0; i < d->head.atoms; i++) {
        d->acting.place[i] = implicit ? (double)d->acting.tau[i] : titri_head_place(&d->head, i);
    }
    *out = (titr_network_view){.net = d->net,
                               .params = d->weights,
                               .n_obs = d->n_obs,
                               .feed = d->acting.feed,
                               .clip = (double)INFINITY,
                               .head = head_of(d),
                               .atom = d->acting.place,
                               .tau = d->acting.place,
                               .n_tau = d->head.atoms,
                               .cvar = implicit ? 1.0 : d->head.cvar};
    return TITR_OK;
}
