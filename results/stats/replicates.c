// SPDX-License-Identifier: GPL-3.0-or-later
/* Names of replicates: "q#3" is the third training of policy q. */
#include "titrate/stats/summary.h"

#include <stdlib.h>
#include <string.h>

size_t titr_replicate_number(const char *name, size_t *length)
{
    const char *mark = strrchr(name, '#');
    const size_t digits = mark != NULL ? strspn(mark + 1, "0123456789") : 0;
    *length = strlen(name);
    if (mark == NULL || mark == name || digits == 0 || digits > 6 || mark[1 + digits] != '\0') {
        return 0;
    }
    const size_t number = strtoul(mark + 1, NULL, 10);
    *length = number > 0 ? (size_t)(mark - name) : *length;
    return number;
}

int titr_policy_covers(const char *policy, const char *name)
{
    size_t length = 0;
    if (strcmp(policy, name) == 0) {
        return 1;
    }
    return titr_replicate_number(name, &length) > 0 && strlen(policy) == length &&
           strncmp(policy, name, length) == 0;
}
