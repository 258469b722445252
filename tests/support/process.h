// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/process.h
 * @brief A small Markov decision process on which deep learners are tried, with its exact values.
 *
 * States 0 .. 4 in a row, levels 0 (back), 1 (on) and 2 (two on, in even states only). A step slips
 * and stays with probability 0.2. Every step costs, so a level that is masked and never tried looks
 * better than any other to a target that forgets the mask. From state 2 a step takes 10 min, else
 * 5 min. Reaching state 4 ends the episode (TERMINATED); every eighth step cuts one off
 * (TRUNCATED), which a target has to see through.
 */
#ifndef TITR_TESTS_SUPPORT_PROCESS_H
#define TITR_TESTS_SUPPORT_PROCESS_H

#include "titrate/agents/agent.h"

enum { PROCESS_STATES = 5, PROCESS_LEVELS = 3, PROCESS_LANES = 4 };

/** One agent playing it in PROCESS_LANES lanes. */
typedef struct process {
    titr_agent *agent;
    titr_observer observer;
    int state[PROCESS_LANES];
    uint32_t steps[PROCESS_LANES]; /* in the episode */
    uint32_t count;                /* steps of all lanes together: index of the chances */
    int shy;                       /* 1: whoever plays goes back from state 1, never on */
} process;

/** Discount over 5 min. */
#define PROCESS_GAMMA 0.9

/** A fresh agent at the start; fails the test if it cannot be created. The slot is released. */
void process_init(process *p, titr_slot slot);
/** Destroys the agent. */
void process_fini(process *p);
/** Play and learn. */
void process_learn(process *p, size_t decisions);
/** Largest |Q - exact| over what is allowed. */
double process_error(process *p);
/** Level that the agent gives when it is judged. */
int process_greedy(process *p, int state);
/** How many states have an optimal greedy level. */
int process_optimal(process *p);
/** Saves everything of `from` and loads it into `to`, both playing on alike. */
void process_copy(process *from, process *to);
/** Fails the test unless both have learned the same, bit for bit. */
void process_same(process *a, process *b);

#endif
