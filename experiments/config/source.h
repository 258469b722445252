// SPDX-License-Identifier: GPL-3.0-or-later
/* A config's text with its @include files written out, and where each line came from.
 *
 * libconfig would look for an included file in one fixed folder; here it is looked for in the
 * folder of the file that includes it, and every line keeps its file and number. */
#ifndef TITRI_CONFIG_SOURCE_H
#define TITRI_CONFIG_SOURCE_H

#include "titrate/base/text.h"

#define TITRI_PATH_MAX 1024
#define TITRI_SOURCE_MAX (1 << 20) /* bytes of a whole config */
#define TITRI_INCLUDE_DEPTH 8
#define TITRI_FILES_MAX 64

typedef struct titri_origin {
    unsigned file, line;
} titri_origin;

typedef struct titri_source {
    titr_text text;
    char *file[TITRI_FILES_MAX]; /* as given; included ones from where the program runs */
    size_t n_files;
    titri_origin *origin; /* [n_lines] of the text's lines */
    size_t n_lines, capacity;
} titri_source;

/** Read a file and what it includes. `source` starts from {0}. @param[out] err "file:line: ..." */
titr_status titri_source_read(titri_source *source, const char *path,
                              titr_error *err) TITR_NODISCARD;
/** The same for a text in memory; `name` is what messages call it, and its folder is where included
 *  files are looked for. */
titr_status titri_source_take(titri_source *source, const char *name, const char *text, size_t n,
                              titr_error *err) TITR_NODISCARD;
void titri_source_fini(titri_source *source);

/** Where line `line` (from 1) of the text came from. @param[out] origin_line from 1.
 *  @return the file's name. */
const char *titri_source_origin(const titri_source *source, unsigned line, unsigned *origin_line);

/** Length of the folder part of a path, without the last slash; 0 when there is none. */
size_t titri_folder_length(const char *path);
/** `name` seen from the folder of `from`. @return 0 when it does not fit. */
int titri_join(const char *from, const char *name, char *path, size_t size);

#endif
