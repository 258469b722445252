// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/option.h
 * @brief Parts and their options: the tables that drive the config parser, `titrate list`,
 *        `titrate describe`, the docs and the manifest.
 *
 *   option table --defaults--> def struct --config file--> def struct --check--> part's create()
 *
 * A part (model, solver, sensor, agent, ...) is a constant `titr_<kind>_type` whose first member is
 * a titr_part, so any of them can be listed and described without knowing its kind.
 *
 * Ownership  a def is plain memory of `def_size` bytes owned by whoever holds the titr_slot.
 */
#ifndef TITR_BASE_OPTION_H
#define TITR_BASE_OPTION_H

#include "titrate/base/status.h"

#include <stddef.h>
#include <stdint.h>

#define TITR_TEXT_MAX 256 /* bytes of a text option, terminating zero included */
#define TITR_REALS_MAX 64 /* values of a list option                           */

/** A short list of numbers, e.g. bin edges or dose levels. */
typedef struct titr_reals {
    double v[TITR_REALS_MAX]; /* the first n hold */
    size_t n;                 /* values */
} titr_reals;

/** What an option is in the config and in the def. */
typedef enum titr_option_kind {
    TITR_OPTION_REAL,   /* double              */
    TITR_OPTION_INT,    /* int64_t             */
    TITR_OPTION_FLAG,   /* int, 0 or 1         */
    TITR_OPTION_CHOICE, /* int, index into choices */
    TITR_OPTION_TEXT,   /* char[TITR_TEXT_MAX] */
    TITR_OPTION_REALS   /* titr_reals, each value in [lo, hi] */
} titr_option_kind;

/** One option. `name` is the config key and ends in its unit; a dot makes a group: "epsilon.from".
 */
typedef struct titr_option {
    const char *name;      /* key, see above */
    titr_option_kind kind; /* type of the field at `offset` */
    const char *unit;      /* UCUM, "1" if dimensionless, "" for text, flag, choice            */
    double init, lo, hi;   /* default and closed range; a REAL whose default is NaN may be left to
                              the program: config text "auto", value NaN                       */
    const char *const
        *choices;       /* CHOICE: NULL-terminated names; init is the index of the default  */
    const char *text;   /* TEXT: default; REALS: default as "0, 0.5, 1"; NULL = empty       */
    int required;       /* 1 = no default: the config must give it                          */
    const char *doc;    /* one line                                                         */
    const char *source; /* key in docs/references.bib, "choice" (ours to make) or "assumed" */
    size_t offset;      /* offsetof(def struct, field)                                      */
} titr_option;

/** What every part tells about itself. */
typedef struct titr_part {
    const char *name;           /* registry key = file stem                  */
    const char *doc;            /* one line                                  */
    const char *source;         /* bib key of the paper that defines it, or "titrate" */
    const titr_option *options; /* n_options rows; NULL if none              */
    size_t n_options;           /* rows of options */
    size_t def_size;            /* bytes of its def struct; 0 if none        */
} titr_part;
/** Members of a titr_part for an option table and its def struct. */
#define TITR_OPTIONS(rows, type)                                                                   \
    .options = (rows), .n_options = sizeof(rows) / sizeof((rows)[0]), .def_size = sizeof(type)

/** A part chosen and set up: `type` points at a titr_<kind>_type, `def` at its def (NULL if none).
 */
typedef struct titr_slot {
    const void *type; /* static; NULL = empty slot */
    void *def;        /* owned by whoever holds the slot */
} titr_slot;

/** The part behind a slot. @return static object; NULL for an empty slot. */
const titr_part *titr_slot_part(titr_slot slot);

/** The field of a slot's def that the option `name` sets. @return NULL if the part has none. */
void *titr_slot_field(titr_slot slot, const char *name);

/** Heap copy of a part's default def. @param[out] slot owned by the caller: titr_slot_fini. */
titr_status titr_slot_init(titr_slot *slot, const void *type, titr_error *err) TITR_NODISCARD;
/** Deep copy. @param[out] to owned by the caller. */
titr_status titr_slot_copy(titr_slot *to, titr_slot from, titr_error *err) TITR_NODISCARD;
/** Free the def and empty the slot. */
void titr_slot_fini(titr_slot *slot);

/** Write the defaults of `options` into `def`. */
void titr_options_default(const titr_option *options, size_t n, void *def);
/** Check every option of `def` against its range; the message names key, value, unit and range. */
titr_status titr_options_check(const titr_option *options, size_t n, const void *def,
                               titr_error *err) TITR_NODISCARD;
/** Option by full name. @return NULL if there is none. */
const titr_option *titr_option_find(const titr_option *options, size_t n, const char *name);

/** What an option takes, for messages and docs: "a number in mg/dL from 40 to 600". */
void titr_option_expected(const titr_option *option, char *text, size_t size);
/** Its default as a config would write it: "\"gzip\"", "0.05", "[0, 0.5]"; "" when required. */
void titr_option_default_text(const titr_option *option, char *text, size_t size);

/** The name nearest to `name` by edit distance. @return NULL when nothing is near. */
const char *titr_nearest(const char *name, const char *const *candidates, size_t n);

#endif
