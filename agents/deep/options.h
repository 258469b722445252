// SPDX-License-Identifier: GPL-3.0-or-later
/* What all deep learners can be told. Each lists TITRI_DEEP_OPTIONS with its own defaults, and what
 * it adds. */
#ifndef TITRI_DEEP_OPTIONS_H
#define TITRI_DEEP_OPTIONS_H

#include "titrate/base/option.h"

typedef struct titri_deep_def {
    titr_reals hidden;
    double gamma, gamma_half_life_min, reward_scale;
    double learning_rate, optimiser_epsilon, max_gradient, anneal_to;
    int64_t anneal_steps;
    int optimiser, loss, normalise;
    int64_t batch, replay_size, learn_start, learn_every, gradient_steps;
    int64_t target_every;
    double target_share;
    double epsilon_from, epsilon_to, evaluation_epsilon;
    int64_t epsilon_steps;
    int64_t n_step;
    int double_q, dueling, prioritised, noisy, deterministic;
    double priority_alpha, priority_beta_from, priority_beta_to;
    int64_t priority_beta_steps;
    int64_t atoms, quantiles, tau_samples, tau_cosines, gru, burn_in, unroll;
    double v_min, v_max, cvar, cql_alpha, bcq_threshold;
} titri_deep_def;

extern const char *const titri_optimisers[], *const titri_losses[], *const titri_normalisations[];

#define TITRI_REAL(key, field, unit_, init_, lo_, hi_, doc_, source_)                              \
    {                                                                                              \
        .name = (key), .kind = TITR_OPTION_REAL, .unit = (unit_), .init = (init_), .lo = (lo_),    \
        .hi = (hi_), .doc = (doc_), .source = (source_), .offset = offsetof(titri_deep_def, field) \
    }
#define TITRI_INT(key, field, init_, lo_, hi_, doc_, source_)                                      \
    {                                                                                              \
        .name = (key), .kind = TITR_OPTION_INT, .unit = "1", .init = (init_), .lo = (lo_),         \
        .hi = (hi_), .doc = (doc_), .source = (source_), .offset = offsetof(titri_deep_def, field) \
    }
#define TITRI_FLAG(key, field, init_, doc_, source_)                                               \
    {                                                                                              \
        .name = (key), .kind = TITR_OPTION_FLAG, .unit = "", .init = (init_), .doc = (doc_),       \
        .source = (source_), .offset = offsetof(titri_deep_def, field)                             \
    }
#define TITRI_CHOICE(key, field, names, init_, doc_, source_)                                      \
    {                                                                                              \
        .name = (key), .kind = TITR_OPTION_CHOICE, .unit = "", .choices = (names),                 \
        .init = (init_), .doc = (doc_), .source = (source_),                                       \
        .offset = offsetof(titri_deep_def, field)                                                  \
    }

/* How it learns. */
#define TITRI_DEEP_LEARNING(rate_, epsilon_)                                                       \
    {.name = "hidden",                                                                             \
     .kind = TITR_OPTION_REALS,                                                                    \
     .unit = "1",                                                                                  \
     .lo = 1,                                                                                      \
     .hi = 4096,                                                                                   \
     .text = "128, 128",                                                                           \
     .doc = "units of the hidden layers",                                                          \
     .source = "choice",                                                                           \
     .offset = offsetof(titri_deep_def, hidden)},                                                  \
        TITRI_REAL("gamma", gamma, "1", (double)NAN, 0.0, 1.0,                                     \
                   "discount over a regular decision interval; auto = by gamma_half_life_min",     \
                   "choice"),                                                                      \
        TITRI_REAL("gamma_half_life_min", gamma_half_life_min, "min", 180.0, 5.0, 10080.0,         \
                   "a reward this far ahead counts half: the discount at any decision interval",   \
                   "choice"),                                                                      \
        TITRI_REAL("reward_scale", reward_scale, "1", 1.0, 1e-9, 1e9,                              \
                   "rewards are multiplied by it before they are learned from", "choice"),         \
        TITRI_REAL("learning_rate", learning_rate, "1", rate_, 1e-8, 1.0, "of the optimiser",      \
                   "huang2022cleanrl"),                                                            \
        TITRI_REAL("anneal.to", anneal_to, "1", 1.0, 0.0, 1.0,                                     \
                   "share of learning_rate that is left after anneal.steps decisions",             \
                   "huang2022cleanrl"),                                                            \
        TITRI_INT("anneal.steps", anneal_steps, 1000000, 1, 1e12,                                  \
                  "decisions in which the learning rate changes linearly", "choice"),              \
        TITRI_CHOICE("optimiser", optimiser, titri_optimisers, 0,                                  \
                     "how weights follow the gradient", "kingma2015"),                             \
        TITRI_REAL("optimiser_epsilon", optimiser_epsilon, "1", epsilon_, 1e-12, 1.0,              \
                   "added to the root of the gradient's second moment", "kingma2015"),             \
        TITRI_REAL("max_gradient", max_gradient, "1", 10.0, 0.0, 1e9,                              \
                   "longer gradients are shortened to this norm; 0 = never", "wang2016"),          \
        TITRI_CHOICE("loss", loss, titri_losses, 0, "of the temporal difference", "mnih2015"),     \
        TITRI_CHOICE(                                                                              \
            "normalise", normalise, titri_normalisations, 2,                                       \
            "observations: as they are, by their plausible range, or by mean and SD of what "      \
            "was seen before learn_start",                                                         \
            "choice"),                                                                             \
        TITRI_INT("batch", batch, 64, 1, 4096, "transitions of a gradient step",                   \
                  "huang2022cleanrl"),                                                             \
        TITRI_INT("replay_size", replay_size, 1000000, 64, 100000000,                              \
                  "transitions remembered, over all lanes", "mnih2015"),                           \
        TITRI_INT("learn_start", learn_start, 10000, 0, 1e12,                                      \
                  "decisions before the first gradient "                                           \
                  "step",                                                                          \
                  "huang2022cleanrl"),                                                             \
        TITRI_INT("learn_every", learn_every, 4, 1, 1e6, "decisions between gradient steps",       \
                  "mnih2015"),                                                                     \
        TITRI_INT("gradient_steps", gradient_steps, 1, 1, 1e6, "gradient steps at a time",         \
                  "choice"),                                                                       \
        TITRI_INT("target_every", target_every, 500, 1, 1e9,                                       \
                  "gradient steps between updates of the target network", "choice"),               \
        TITRI_REAL("target_share", target_share, "1", 1.0, 1e-6, 1.0,                              \
                   "share of the way that the target network moves at an update; 1 = a copy",      \
                   "lillicrap2016"),                                                               \
        TITRI_FLAG("deterministic", deterministic, 0,                                              \
                   "networks give the same bits on any x86-64, more slowly", "choice")

/* How it tries things. */
#define TITRI_DEEP_EXPLORING(from_, to_)                                                           \
    TITRI_REAL("epsilon.from", epsilon_from, "1", from_, 0.0, 1.0,                                 \
               "probability of a random level at the first decision of training", "mnih2015"),     \
        TITRI_REAL("epsilon.to", epsilon_to, "1", to_, 0.0, 1.0,                                   \
                   "probability of a random level after epsilon.steps decisions", "mnih2015"),     \
        TITRI_INT("epsilon.steps", epsilon_steps, 200000, 1, 1e12,                                 \
                  "decisions, over all lanes, in which epsilon changes linearly", "choice"),       \
        TITRI_REAL("evaluation_epsilon", evaluation_epsilon, "1", 0.0, 0.0, 1.0,                   \
                   "probability of a random level when evaluated, for logs to learn from offline", \
                   "choice")

/* Which transitions are replayed. */
#define TITRI_DEEP_PRIORITIES(prioritised_)                                                        \
    TITRI_FLAG("prioritised", prioritised, prioritised_,                                           \
               "surprising transitions are replayed more often", "schaul2016"),                    \
        TITRI_REAL("priority.alpha", priority_alpha, "1", 0.5, 0.0, 1.0,                           \
                   "exponent of the priorities; 0 = uniform", "schaul2016"),                       \
        TITRI_REAL("priority.beta_from", priority_beta_from, "1", 0.4, 0.0, 1.0,                   \
                   "exponent of the correction by importance, at first", "schaul2016"),            \
        TITRI_REAL("priority.beta_to", priority_beta_to, "1", 1.0, 0.0, 1.0,                       \
                   "exponent of the correction by importance, in the end", "schaul2016"),          \
        TITRI_INT("priority.beta_steps", priority_beta_steps, 1000000, 1, 1e12,                    \
                  "decisions in which the exponent changes linearly", "choice")

/* What makes it more than the plain method; each can be switched alone. */
#define TITRI_DEEP_SWITCHES(double_, dueling_, n_step_, prioritised_, noisy_)                      \
    TITRI_FLAG("double", double_q, double_, "the target's level is chosen by the online network",  \
               "vanhasselt2016"),                                                                  \
        TITRI_FLAG("dueling", dueling, dueling_, "separate streams for value and advantage",       \
                   "wang2016"),                                                                    \
        TITRI_INT("n_step", n_step, n_step_, 1, 64, "rewards added up before the bootstrap",       \
                  "sutton2018"),                                                                   \
        TITRI_DEEP_PRIORITIES(prioritised_),                                                       \
        TITRI_FLAG("noisy", noisy, noisy_, "weights with learned noise explore", "fortunato2018")

/* The grid of a categorical distribution. */
#define TITRI_DEEP_GRID                                                                            \
    TITRI_INT("atoms", atoms, 51, 2, 256, "points of the grid of returns", "bellemare2017"),       \
        TITRI_REAL("v_min", v_min, "1", -100.0, -1e9, 1e9,                                         \
                   "smallest return on the grid, after reward_scale", "bellemare2017"),            \
        TITRI_REAL("v_max", v_max, "1", 100.0, -1e9, 1e9,                                          \
                   "largest return on the grid, after reward_scale", "bellemare2017")

/* How a distribution of returns chooses. */
#define TITRI_DEEP_RISK                                                                            \
    TITRI_REAL(                                                                                    \
        "cvar", cvar, "1", 1.0, 0.01, 1.0,                                                         \
        "levels are chosen by the mean of this worst share of returns; 1 = the mean of all",       \
        "dabney2018iqn")

#endif
