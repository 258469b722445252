// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/agents/levels.h"

size_t titr_levels_allowed(const unsigned char *mask, size_t n)
{
    size_t count = 0;
    for (size_t a = 0; a < n; a++) {
        count += mask[a] != 0;
    }
    return count;
}

size_t titr_level_nth(const unsigned char *mask, size_t n, size_t k)
{
    size_t a = 0;
    for (size_t left = k + 1; a < n; a++) {
        left -= mask[a] != 0;
        if (left == 0) {
            break;
        }
    }
    return a;
}

size_t titr_level_nearest(const unsigned char *mask, size_t n, size_t wanted)
{
    for (size_t away = 0; away < n; away++) {
        if (wanted >= away && mask[wanted - away] != 0) {
            return wanted - away;
        }
        if (wanted + away < n && mask[wanted + away] != 0) {
            return wanted + away;
        }
    }
    return wanted;
}

size_t titr_level_best(const unsigned char *mask, size_t n, const double *q)
{
    size_t best = n;
    for (size_t a = 0; a < n; a++) {
        if (mask[a] != 0 && (best == n || q[a] > q[best])) {
            best = a;
        }
    }
    return best;
}
