// SPDX-License-Identifier: GPL-3.0-or-later
/* "Did you mean": the candidate at the smallest edit distance. */
#include "titrate/base/option.h"

#include <string.h>

#define NAME_MAX_COMPARED 63

static size_t min3(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein distance over at most NAME_MAX_COMPARED characters of each. */
static size_t edit_distance(const char *a, const char *b)
{
    const size_t la = strnlen(a, NAME_MAX_COMPARED), lb = strnlen(b, NAME_MAX_COMPARED);
    size_t row[NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= lb; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            const size_t above = row[j];
            row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[lb];
}

/* Names end in their unit, and that is what is forgotten: "horizon" is next to "horizon_days". */
static int lacks_the_end(const char *name, const char *candidate)
{
    const size_t n = strlen(name);
    return n > 0 && strncmp(candidate, name, n) == 0 && candidate[n] == '_';
}

const char *titr_nearest(const char *name, const char *const *candidates, size_t n)
{
    const char *best = NULL;
    /* further than half of the name is no likeness */
    size_t best_distance = strnlen(name, NAME_MAX_COMPARED) / 2 + 2;
    for (size_t i = 0; i < n; i++) {
        const size_t distance =
            lacks_the_end(name, candidates[i]) ? 1 : edit_distance(name, candidates[i]);
        if (distance < best_distance) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}
