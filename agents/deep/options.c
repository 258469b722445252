// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

const char *const titri_optimisers[] = {"adam", "rmsprop", NULL};
const char *const titri_losses[] = {"huber", "mse", NULL};
const char *const titri_normalisations[] = {"none", "range", "running", NULL};
