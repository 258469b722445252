// SPDX-License-Identifier: GPL-3.0-or-later
#include "levels.h"

size_t titri_levels_allowed(const unsigned char *mask, size_t n)
{
    size_t count = 0;
    for (size_t a = 0; a < n; a++) {
        count += mask[a] != 0;
    }
    return count;
}

size_t titri_level_nth(const unsigned char *mask, size_t n, size_t k)
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

size_t titri_level_nearest(const unsigned char *mask, size_t n, size_t wanted)
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
