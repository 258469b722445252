// SPDX-License-Identifier: GPL-3.0-or-later
#include "source.h"

#include "lexer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file being read, with those that include it below it on the stack. */
typedef struct open_file {
    char *bytes;        /* owned; NULL when the caller owns them */
    const char *copied; /* what precedes is in the text already  */
    titri_lexer lexer;
    unsigned file;
} open_file;

typedef struct reading {
    titri_source *source;
    open_file stack[TITRI_INCLUDE_DEPTH];
    size_t depth;
} reading;

size_t titri_folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
}

int titri_join(const char *from, const char *name, char *path, size_t size)
{
    const int n = (int)titri_folder_length(from);
    const char *between = n == 0 || from[n - 1] == '/' ? "" : "/";
    const int length = name[0] == '/' || n == 0
                           ? snprintf(path, size, "%s", name)
                           : snprintf(path, size, "%.*s%s%s", n, from, between, name);
    return length >= 0 && (size_t)length < size;
}

static const char no_memory[] = "there is no memory for it";

static titr_status status_of(const char *problem)
{
    return problem == no_memory ? TITR_ERR_NOMEM : TITR_ERR_CONFIG;
}

/* Bytes of an open regular file. @return NULL or what is wrong. */
static const char *read_open(int fd, char **bytes, size_t *n)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return strerror(errno);
    }
    if (S_ISDIR(info.st_mode)) {
        return "it is a folder";
    }
    if (!S_ISREG(info.st_mode)) {
        return "it is not a regular file";
    }
    if (info.st_size > TITRI_SOURCE_MAX) {
        return "it is larger than 1 MiB, no config is";
    }
    char *buffer = malloc((size_t)info.st_size + 1);
    if (buffer == NULL) {
        return no_memory;
    }
    size_t at = 0;
    ssize_t got = 1;
    while (got > 0 && at < (size_t)info.st_size) {
        got = read(fd, buffer + at, (size_t)info.st_size - at);
        at += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        free(buffer);
        return strerror(errno);
    }
    *bytes = buffer;
    *n = at;
    return NULL;
}

static const char *read_file(const char *path, char **bytes, size_t *n)
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe must not block */
    if (fd < 0) {
        return strerror(errno);
    }
    const char *problem = read_open(fd, bytes, n);
    (void)close(fd);
    return problem;
}

/* Refuse bytes that are no text, which libconfig would take for the end. */
static titr_status check_bytes(const char *name, const char *s, size_t n, titr_error *err)
{
    unsigned line = 1;
    for (size_t left = n; left > 0;) {
        const unsigned char c = (unsigned char)*s;
        const size_t length = titr_utf8_length(s, left);
        if (length == 0 || (c < 0x20 && strchr("\t\n\r\f", c) == NULL) || c == 0 || c == 0x7F) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%.200s:%u: byte 0x%02x is not text, expected a config in UTF-8", name,
                             line, (unsigned)c);
        }
        line += c == '\n';
        s += length;
        left -= length;
    }
    return TITR_OK;
}

static titr_status add_origin(titri_source *source, unsigned file, unsigned line, titr_error *err)
{
    if (source->n_lines == source->capacity) {
        const size_t wanted = source->capacity * 2 + 64;
        titri_origin *grown = realloc(source->origin, wanted * sizeof *grown);
        if (grown == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for a config");
        }
        source->origin = grown;
        source->capacity = wanted;
    }
    source->origin[source->n_lines++] = (titri_origin){file, line};
    return TITR_OK;
}

/* Copy what the lexer has passed, up to `end`, into the text. */
static titr_status copy_up_to(titri_source *source, open_file *f, const char *end, unsigned line,
                              titr_error *err)
{
    size_t lines = 0;
    for (const char *s = f->copied; s < end; s++) {
        lines += *s == '\n';
    }
    titr_text_add(&source->text, f->copied, (size_t)(end - f->copied));
    f->copied = end;
    for (size_t i = 0; i < lines; i++) {
        TITR_TRY(add_origin(source, f->file, line - (unsigned)(lines - 1 - i), err));
    }
    if (source->text.n > TITRI_SOURCE_MAX) {
        return titr_fail(err, TITR_ERR_CONFIG, "%.200s: larger than 1 MiB with what it includes",
                         source->file[0]);
    }
    return TITR_OK;
}

static titr_status add_file(titri_source *source, const char *name, titr_error *err)
{
    if (source->n_files == TITRI_FILES_MAX) {
        return titr_fail(err, TITR_ERR_CONFIG, "%.200s: more than %d files are included",
                         source->file[0], TITRI_FILES_MAX - 1);
    }
    const size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (copy == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a config");
    }
    memcpy(copy, name, size);
    source->file[source->n_files++] = copy;
    return TITR_OK;
}

/* Begin a file; its first line takes the place of the text's last. */
static titr_status push(reading *r, const char *name, const char *bytes, size_t n, titr_error *err)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* byte order mark */
    titri_source *source = r->source;
    const size_t skip = n >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    TITR_TRY(check_bytes(name, bytes, n, err));
    TITR_TRY(add_file(source, name, err));
    const unsigned file = (unsigned)(source->n_files - 1);
    if (source->n_lines > 0) {
        source->origin[source->n_lines - 1] = (titri_origin){file, 1};
    } else {
        TITR_TRY(add_origin(source, file, 1, err));
    }
    r->stack[r->depth++] =
        (open_file){.copied = bytes + skip,
                    .lexer = {.at = bytes + skip, .end = bytes + n, .line = 1, .line_start = 1},
                    .file = file};
    return TITR_OK;
}

/* The file is at its end: back to the one that includes it, on a line of its own. */
static titr_status pop(reading *r, titr_error *err)
{
    open_file *f = &r->stack[--r->depth];
    const titr_status status = copy_up_to(r->source, f, f->lexer.end, f->lexer.line, err);
    free(f->bytes);
    if (status != TITR_OK || r->depth == 0) {
        return status;
    }
    const open_file *below = &r->stack[r->depth - 1];
    titr_text_add(&r->source->text, "\n", 1);
    return add_origin(r->source, below->file, below->lexer.line, err);
}

/* Why the file at the top of the stack may not include `path`. */
static const char *include_problem(const reading *r, const char *path)
{
    for (size_t i = 0; i < r->depth; i++) {
        if (strcmp(r->source->file[r->stack[i].file], path) == 0) {
            return "it includes itself";
        }
    }
    return r->depth == TITRI_INCLUDE_DEPTH ? "files include each other more than 8 deep" : NULL;
}

static titr_status include(reading *r, const titri_token *token, titr_error *err)
{
    open_file *f = &r->stack[r->depth - 1];
    const char *from = r->source->file[f->file];
    char given[TITRI_PATH_MAX], path[TITRI_PATH_MAX];
    char *bytes = NULL;
    size_t n = 0;
    const char *problem = "its name is too long";
    if (token->n < sizeof given) {
        memcpy(given, token->s, token->n);
        given[token->n] = '\0';
        if (titri_join(from, given, path, sizeof path)) {
            problem = include_problem(r, path);
            problem = problem != NULL ? problem : read_file(path, &bytes, &n);
        }
    }
    if (problem != NULL || bytes == NULL) {
        return titr_fail(err, status_of(problem), "%.200s:%u: @include \"%.*s\" cannot be read: %s",
                         from, token->line, (int)(token->n < 100 ? token->n : 100), token->s,
                         problem != NULL ? problem : "it is empty");
    }
    /* the word @include and what stands before it on its line */
    const char *word = token->s;
    while (*word != '@') {
        word--;
    }
    titr_status status = copy_up_to(r->source, f, word, token->line, err);
    f->copied = f->lexer.at;
    if (status == TITR_OK) {
        status = push(r, path, bytes, n, err);
    }
    if (status == TITR_OK) {
        r->stack[r->depth - 1].bytes = bytes; /* freed at the file's end */
    } else {
        free(bytes);
    }
    return status;
}

/* Read until the stack is empty, looking for @include only; the grammar is checked afterwards. */
static titr_status read_all(reading *r, titr_error *err)
{
    titr_status status = TITR_OK;
    while (status == TITR_OK && r->depth > 0) {
        open_file *f = &r->stack[r->depth - 1];
        const titri_token token = titri_lex(&f->lexer);
        if (token.problem != NULL &&
            (token.word == TITRI_WORD_END || token.word == TITRI_WORD_INCLUDE)) {
            status =
                titr_fail(err, TITR_ERR_CONFIG, "%.200s:%u: %s%s%.*s", r->source->file[f->file],
                          token.line, token.problem, token.n > 0 ? ": " : "",
                          (int)(token.n < 60 ? token.n : 60), token.s);
        } else if (token.word == TITRI_WORD_END) {
            status = pop(r, err);
        } else if (token.word == TITRI_WORD_INCLUDE) {
            status = include(r, &token, err);
        }
    }
    while (r->depth > 0) {
        free(r->stack[--r->depth].bytes);
    }
    if (status == TITR_OK && r->source->text.failed) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a config");
    }
    return status;
}

titr_status titri_source_take(titri_source *source, const char *name, const char *text, size_t n,
                              titr_error *err)
{
    if (n > TITRI_SOURCE_MAX) {
        return titr_fail(err, TITR_ERR_CONFIG, "%.200s: larger than 1 MiB, no config is", name);
    }
    reading r = {.source = source};
    TITR_TRY(push(&r, name, text, n, err));
    return read_all(&r, err);
}

titr_status titri_source_read(titri_source *source, const char *path, titr_error *err)
{
    char *bytes = NULL;
    size_t n = 0;
    const char *problem = read_file(path, &bytes, &n);
    if (problem != NULL || bytes == NULL) {
        return titr_fail(err, status_of(problem), "%.300s: cannot be read: %s", path,
                         problem != NULL ? problem : "it is empty");
    }
    reading r = {.source = source};
    const titr_status status = push(&r, path, bytes, n, err);
    const titr_status read = status == TITR_OK ? read_all(&r, err) : status;
    free(bytes);
    return read;
}

void titri_source_fini(titri_source *source)
{
    for (size_t i = 0; i < source->n_files; i++) {
        free(source->file[i]);
    }
    free(source->origin);
    titr_text_fini(&source->text);
    *source = (titri_source){0};
}

const char *titri_source_origin(const titri_source *source, unsigned line, unsigned *origin_line)
{
    const size_t i = line == 0 ? 0 : line > source->n_lines ? source->n_lines - 1 : line - 1;
    *origin_line = source->origin[i].line;
    return source->file[source->origin[i].file];
}
