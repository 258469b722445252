// SPDX-License-Identifier: GPL-3.0-or-later
/* A pushdown automaton: what may come next depends on `expect` and on the innermost bracket. */
#include "syntax.h"

#include "lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 1024 /* in one group */
#define SHOWN_MAX 60

typedef enum expectation {
    EXPECT_KEY,     /* in a group: a key, or its end                  */
    EXPECT_EQUALS,  /* after a key                                    */
    EXPECT_VALUE,   /* after =, or after a comma in a list            */
    EXPECT_ELEMENT, /* after ( or [: an element, or the end           */
    EXPECT_AFTER,   /* after a value in a group: ; or , or what a key may be */
    EXPECT_NEXT     /* after an element: a comma, or the end          */
} expectation;

/* A bracket that is open; the outermost stands for the file. */
typedef struct level {
    char open; /* '{', '(', '[', or '\0' for the file             */
    unsigned line;
    titri_token key;   /* last key read in a group                 */
    size_t n_elements; /* of a list or array                       */
    titri_word first;  /* kind of the array's first element        */
    size_t keys_from;  /* the group's keys begin here in `keys`    */
} level;

typedef struct syntax {
    expectation expect;
    level stack[TITRI_NESTING_MAX];
    size_t depth; /* index of the innermost level */
    titri_token *keys;
    size_t n_keys, capacity;
    titri_mistake *mistake;
} syntax;

/* "scenario.parts.0.name: " of where we are; empty at the top. */
static void path(const syntax *x, char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i <= x->depth && at < size; i++) {
        const level *l = &x->stack[i];
        const int is_group = l->open == '{' || l->open == '\0';
        int n = 0;
        if (is_group && l->key.n > 0) {
            n = snprintf(text + at, size - at, "%s%.*s", at > 0 ? "." : "",
                         (int)(l->key.n < SHOWN_MAX ? l->key.n : SHOWN_MAX), l->key.s);
        } else if (l->open == '(') {
            n = snprintf(text + at, size - at, ".%zu", l->n_elements);
        }
        at += n > 0 ? (size_t)n : 0;
    }
    if (at > 0 && at + 2 < size) {
        memcpy(text + at, ": ", 3);
    }
}

static titr_status refuse(syntax *x, unsigned line, const char *fmt, ...) TITR_PRINTF(3, 4);
static titr_status refuse(syntax *x, unsigned line, const char *fmt, ...)
{
    char where[200];
    path(x, where, sizeof where);
    const int n = snprintf(x->mistake->what, sizeof x->mistake->what, "%s", where);
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(x->mistake->what + n, sizeof x->mistake->what - (size_t)n, fmt, args);
    va_end(args);
    x->mistake->line = line;
    return TITR_ERR_CONFIG;
}

static int shown(const titri_token *t)
{
    return (int)(t->n < SHOWN_MAX ? t->n : SHOWN_MAX);
}

static char closer(char open)
{
    return (char)(open == '{' ? '}' : open == '(' ? ')' : ']');
}

static int is_mark(const titri_token *t, char mark)
{
    return t->word == TITRI_WORD_MARK && *t->s == mark;
}

static titr_status add_key(syntax *x, const titri_token *t)
{
    level *l = &x->stack[x->depth];
    for (size_t i = l->keys_from; i < x->n_keys; i++) {
        if (x->keys[i].n == t->n && memcmp(x->keys[i].s, t->s, t->n) == 0) {
            l->key = *t;
            return refuse(x, t->line, "given twice in one group, expected once");
        }
    }
    if (x->n_keys - l->keys_from == KEYS_MAX) {
        return refuse(x, t->line, "more than %d keys in one group", KEYS_MAX);
    }
    if (x->n_keys == x->capacity) {
        const size_t wanted = x->capacity * 2 + 64;
        titri_token *grown = realloc(x->keys, wanted * sizeof *grown);
        if (grown == NULL) {
            return TITR_ERR_NOMEM;
        }
        x->keys = grown;
        x->capacity = wanted;
    }
    x->keys[x->n_keys++] = *t;
    l->key = *t;
    x->expect = EXPECT_EQUALS;
    return TITR_OK;
}

/* A value is complete. */
static void end_value(syntax *x)
{
    level *l = &x->stack[x->depth];
    if (l->open == '(' || l->open == '[') {
        l->n_elements++;
        x->expect = EXPECT_NEXT;
    } else {
        x->expect = EXPECT_AFTER;
    }
}

static titr_status open_bracket(syntax *x, const titri_token *t)
{
    if (x->stack[x->depth].open == '[') {
        return refuse(x, t->line,
                      "'%c' inside an array, expected plain values; a list of groups is written ( "
                      "{ ... }, { ... } )",
                      *t->s);
    }
    if (x->depth + 1 == TITRI_NESTING_MAX) {
        return refuse(x, t->line, "brackets are nested more than %d deep", TITRI_NESTING_MAX - 1);
    }
    x->stack[++x->depth] = (level){.open = *t->s, .line = t->line, .keys_from = x->n_keys};
    x->expect = *t->s == '{' ? EXPECT_KEY : EXPECT_ELEMENT;
    return TITR_OK;
}

static titr_status close_bracket(syntax *x, const titri_token *t)
{
    const level *l = &x->stack[x->depth];
    if (l->open == '\0') {
        return refuse(x, t->line, "'%c' closes nothing", *t->s);
    }
    if (*t->s != closer(l->open)) {
        return refuse(x, t->line, "'%c', expected '%c' to close the '%c' before it", *t->s,
                      closer(l->open), l->open);
    }
    x->n_keys = l->keys_from;
    x->depth--;
    end_value(x);
    return TITR_OK;
}

static int is_number(titri_word word)
{
    return word == TITRI_WORD_INT || word == TITRI_WORD_INT64 || word == TITRI_WORD_REAL;
}

/* libconfig takes arrays of one kind only. */
static titr_status check_element(syntax *x, const titri_token *t)
{
    level *l = &x->stack[x->depth];
    if (l->open != '[' || l->n_elements == 0 || l->first == t->word) {
        l->first = t->word;
        return TITR_OK;
    }
    if (is_number(l->first) && is_number(t->word)) {
        return l->first == TITRI_WORD_REAL || t->word == TITRI_WORD_REAL
                   ? refuse(x, t->line,
                            "%.*s: an array mixes whole numbers and numbers with a decimal point, "
                            "expected all with one, e.g. [1.0, 2.5]",
                            shown(t), t->s)
                   : refuse(x, t->line,
                            "%.*s: an array mixes numbers with and without L, expected all with it",
                            shown(t), t->s);
    }
    return refuse(x, t->line, "%.*s: an array mixes texts, numbers or flags, expected one kind",
                  shown(t), t->s);
}

static titr_status on_bare_word(syntax *x, const titri_token *t)
{
    static const char *const not_finite[] = {"nan", "NaN", "NAN", "inf", "Inf", "INF", "infinity"};
    for (size_t i = 0; i < sizeof not_finite / sizeof not_finite[0]; i++) {
        if (t->n == strlen(not_finite[i]) && memcmp(t->s, not_finite[i], t->n) == 0) {
            return refuse(x, t->line, "%.*s, expected a finite number", shown(t), t->s);
        }
    }
    return refuse(x, t->line, "%.*s, expected a value; a text stands in quotes: \"%.*s\"", shown(t),
                  t->s, shown(t), t->s);
}

static titr_status on_value(syntax *x, const titri_token *t)
{
    if (t->word == TITRI_WORD_NAME) {
        return on_bare_word(x, t);
    }
    if (is_mark(t, '{') || is_mark(t, '(') || is_mark(t, '[')) {
        return open_bracket(x, t);
    }
    if (t->word == TITRI_WORD_MARK && x->stack[x->depth].n_elements > 0 &&
        strchr(")]", *t->s) != NULL) {
        return refuse(x, t->line, "a comma before '%c', expected none after the last element",
                      *t->s);
    }
    if (t->word == TITRI_WORD_MARK) {
        return refuse(x, t->line, "'%c', expected a value", *t->s);
    }
    const titr_status status = check_element(x, t);
    if (status == TITR_OK) {
        end_value(x);
    }
    return status;
}

static titr_status on_key(syntax *x, const titri_token *t)
{
    if (t->word == TITRI_WORD_NAME) {
        return add_key(x, t);
    }
    if (is_mark(t, '}') || is_mark(t, ')') || is_mark(t, ']')) {
        return close_bracket(x, t);
    }
    x->stack[x->depth].key.n = 0; /* that key is done with */
    return refuse(x, t->line, "%.*s, expected key = value;", shown(t), t->s);
}

static titr_status on_token(syntax *x, const titri_token *t)
{
    switch (x->expect) {
    case EXPECT_KEY:
        return on_key(x, t);
    case EXPECT_EQUALS:
        if (!is_mark(t, '=') && !is_mark(t, ':')) {
            return refuse(x, t->line, "%.*s, expected = after the key", shown(t), t->s);
        }
        x->expect = EXPECT_VALUE;
        return TITR_OK;
    case EXPECT_VALUE:
        return on_value(x, t);
    case EXPECT_ELEMENT:
        return is_mark(t, ')') || is_mark(t, ']') ? close_bracket(x, t) : on_value(x, t);
    case EXPECT_AFTER:
        x->expect = EXPECT_KEY;
        return is_mark(t, ';') || is_mark(t, ',') ? TITR_OK : on_key(x, t);
    case EXPECT_NEXT:
        if (is_mark(t, ',')) {
            x->expect = EXPECT_VALUE;
            return TITR_OK;
        }
        return is_mark(t, ')') || is_mark(t, ']') || is_mark(t, '}')
                   ? close_bracket(x, t)
                   : refuse(x, t->line, "%.*s, expected a comma or '%c'", shown(t), t->s,
                            closer(x->stack[x->depth].open));
    }
    return TITR_OK;
}

static titr_status on_end(syntax *x)
{
    level *l = &x->stack[x->depth];
    if (l->open != '\0') {
        l->key.n = 0; /* what is wrong is the bracket, not the last key in it */
        return refuse(x, l->line, "'%c' is never closed, expected '%c'", l->open, closer(l->open));
    }
    if (x->expect == EXPECT_EQUALS || x->expect == EXPECT_VALUE) {
        return refuse(x, l->key.line, "the file ends, expected = and a value");
    }
    return TITR_OK;
}

titr_status titri_syntax_check(const char *text, size_t n, titri_mistake *mistake)
{
    syntax x = {.expect = EXPECT_KEY, .mistake = mistake};
    titri_lexer lexer = {.at = text, .end = text + n, .line = 1, .line_start = 1};
    titr_status status = TITR_OK;
    titri_token token;
    do {
        token = titri_lex(&lexer);
        if (token.problem != NULL) {
            if (x.expect == EXPECT_KEY || x.expect == EXPECT_AFTER) {
                x.stack[x.depth].key.n = 0; /* that key is done with */
            }
            status = refuse(&x, token.line, "%.*s: %s", shown(&token), token.s, token.problem);
        } else if (token.word == TITRI_WORD_END) {
            status = on_end(&x);
        } else if (token.word == TITRI_WORD_INCLUDE) {
            status = refuse(&x, token.line, "@include has no place here");
        } else {
            status = on_token(&x, &token);
        }
    } while (status == TITR_OK && token.word != TITRI_WORD_END);
    free(x.keys);
    return status;
}
