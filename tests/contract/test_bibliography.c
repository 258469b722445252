// SPDX-License-Identifier: GPL-3.0-or-later
/* docs/references.bib is whole: entries that open also close, keys are unique, and each tells who,
 * what and when. An entry begins with `@type{key,` at a line's start and ends with `}` alone. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define KEYS_MAX 256
#define KEY_MAX 64

typedef struct reading {
    char key[KEYS_MAX][KEY_MAX];
    size_t n;
    int line, open;
    unsigned fields; /* bit k: field k was seen in the open entry */
} reading;

static const char *const fields[] = {"author = ", "title = ", "year = "};
#define ALL_FIELDS 7u

static void begin_entry(reading *r, const char *text)
{
    cr_expect(!r->open, "line %d: the entry before is not closed by a } of its own", r->line);
    const char *from = strchr(text, '{');
    cr_assert_not_null(from, "line %d: no key", r->line);
    const size_t length = strcspn(from + 1, ",\n");
    cr_assert(length > 0 && length < KEY_MAX && r->n < KEYS_MAX, "line %d: key", r->line);
    (void)snprintf(r->key[r->n], KEY_MAX, "%.*s", (int)length, from + 1);
    for (size_t i = 0; i < r->n; i++) {
        cr_expect_str_neq(r->key[i], r->key[r->n], "line %d: key used twice", r->line);
    }
    r->n++;
    r->open = 1;
    r->fields = 0;
}

static void read_line(reading *r, const char *text)
{
    if (text[0] == '@') {
        begin_entry(r, text);
    } else if (strcmp(text, "}\n") == 0) {
        cr_expect(r->open, "line %d: closes nothing", r->line);
        cr_expect_eq(r->fields, ALL_FIELDS, "line %d: %s lacks author, title or year", r->line,
                     r->key[r->n - 1]);
        r->open = 0;
    } else {
        cr_expect(r->open || text[0] == '\n' || text[0] == '%', "line %d: outside any entry",
                  r->line);
        for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
            r->fields |= strstr(text, fields[k]) != NULL ? 1u << k : 0u;
        }
    }
}

Test(bibliography, is_whole)
{
    static reading r;
    char text[512];
    FILE *file = fopen(TITR_SOURCE_DIR "/docs/references.bib", "r");
    cr_assert_not_null(file, "docs/references.bib cannot be read");
    while (fgets(text, sizeof text, file) != NULL) {
        r.line++;
        read_line(&r, text);
    }
    cr_expect_eq(r.open, 0, "the last entry is not closed");
    cr_expect_gt(r.n, 0);
    cr_assert_eq(fclose(file), 0);
}
