// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/models/event.h
 * @brief What can happen to a body at an instant. Inputs are constant between events, and no solver
 *        steps across one.
 */
#ifndef TITR_MODELS_EVENT_H
#define TITR_MODELS_EVENT_H

#include <stddef.h>

/** What an event does. */
typedef enum titr_event_kind {
    TITR_EVENT_RATE,      /* input `target` becomes `amount` (in the input's unit) from now on   */
    TITR_EVENT_BOLUS,     /* `amount` enters state `target` at once                              */
    TITR_EVENT_RESET,     /* back to the initial state                                           */
    TITR_EVENT_COVARIATE, /* the child has changed: theta was individualised again               */
    TITR_EVENT_OBSERVE    /* nothing changes; somebody looks                                     */
} titr_event_kind;

/** Something that happens to one lane. */
typedef struct titr_event {
    double time_min;      /* since the episode's start */
    titr_event_kind kind; /* says what target and amount mean */
    size_t target;        /* index in the model's inputs (RATE) or states (BOLUS) */
    double amount;        /* in the unit of the target */
    double duration_min;  /* RATE: how long the amount is sure to last, e.g. one bite = 1 min */
} titr_event;

#endif
