// SPDX-License-Identifier: GPL-3.0-or-later
#include "lexer.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_MAX 64

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* May continue a name; a number that runs into one of these is malformed. */
static int is_name_part(char c)
{
    return is_letter(c) || is_digit(c) || c == '_' || c == '-';
}

static void newline(titri_lexer *lx)
{
    lx->line++;
    lx->line_start = 1;
}

static char peek(const titri_lexer *lx, size_t ahead)
{
    return (char)((size_t)(lx->end - lx->at) > ahead ? lx->at[ahead] : '\0');
}

/* A comment at `at`, skipped. @return 0 when it has no end. */
static int skip_block_comment(titri_lexer *lx)
{
    for (lx->at += 2; lx->at < lx->end; lx->at++) {
        if (*lx->at == '\n') {
            newline(lx);
        } else if (*lx->at == '*' && peek(lx, 1) == '/') {
            lx->at += 2;
            return 1;
        }
    }
    return 0;
}

static void skip_line(titri_lexer *lx)
{
    const char *end = memchr(lx->at, '\n', (size_t)(lx->end - lx->at));
    lx->at = end != NULL ? end : lx->end;
}

/* Blanks and comments. @return line of a comment without end, else 0. */
static unsigned skip_blanks(titri_lexer *lx)
{
    while (lx->at < lx->end) {
        const unsigned line = lx->line;
        if (*lx->at == '\n') {
            newline(lx);
            lx->at++;
        } else if (strchr(" \t\r\f", *lx->at) != NULL) {
            lx->at++;
        } else if (*lx->at == '#' || (*lx->at == '/' && peek(lx, 1) == '/')) {
            skip_line(lx);
        } else if (*lx->at == '/' && peek(lx, 1) == '*') {
            if (!skip_block_comment(lx)) {
                return line;
            }
        } else {
            break;
        }
    }
    return 0;
}

/* A text with its quotes. */
static void lex_text(titri_lexer *lx, titri_token *token)
{
    token->word = TITRI_WORD_TEXT;
    token->problem = "a text is not closed on its line, expected a second \"";
    for (lx->at++; lx->at < lx->end && *lx->at != '\n'; lx->at++) {
        if (*lx->at == '\\' && peek(lx, 1) != '\n') {
            lx->at++;
        } else if (*lx->at == '"') {
            lx->at++;
            token->problem = NULL;
            break;
        }
    }
    if (lx->at > lx->end) { /* a backslash was the last byte */
        lx->at = lx->end;
    }
    token->n = (size_t)(lx->at - token->s);
}

static size_t skip_digits(titri_lexer *lx)
{
    size_t n = 0;
    while (is_digit(peek(lx, 0))) {
        lx->at++;
        n++;
    }
    return n;
}

/* @return 1 when an exponent begun here is not one. */
static int bad_exponent(titri_lexer *lx)
{
    if (peek(lx, 0) != 'e' && peek(lx, 0) != 'E') {
        return 0;
    }
    lx->at++;
    if (peek(lx, 0) == '+' || peek(lx, 0) == '-') {
        lx->at++;
    }
    return skip_digits(lx) == 0;
}

/* Values that libconfig would wrap or turn into infinity without a word. */
static const char *number_problem(const titri_token *token)
{
    char text[NUMBER_MAX];
    if (token->n >= sizeof text) {
        return "a number of too many digits";
    }
    memcpy(text, token->s, token->n);
    text[token->n] = '\0';
    if (token->word == TITRI_WORD_REAL) {
        return isfinite(strtod(text, NULL)) ? NULL : "a number beyond the largest that there is";
    }
    errno = 0;
    const long long value = strtoll(text, NULL, 10);
    if (errno == ERANGE) {
        return "a whole number beyond 64 bits; if a text is wanted, as for seed, put it in quotes";
    }
    if (token->word == TITRI_WORD_INT && (value > INT32_MAX || value < INT32_MIN)) {
        return "a whole number beyond 32 bits must end in L";
    }
    return NULL;
}

static void lex_number(titri_lexer *lx, titri_token *token)
{
    const char *start = lx->at;
    token->word = TITRI_WORD_INT;
    lx->at += *lx->at == '+' || *lx->at == '-';
    size_t digits = skip_digits(lx);
    if (peek(lx, 0) == '.') {
        lx->at++;
        digits += skip_digits(lx);
        token->word = TITRI_WORD_REAL;
    }
    int bad = digits == 0;
    if (peek(lx, 0) == 'e' || peek(lx, 0) == 'E') {
        bad |= bad_exponent(lx);
        token->word = TITRI_WORD_REAL;
    } else if (peek(lx, 0) == 'L' && token->word == TITRI_WORD_INT) {
        lx->at += peek(lx, 1) == 'L' ? 2 : 1;
        token->word = TITRI_WORD_INT64;
    }
    while (is_name_part(peek(lx, 0)) || peek(lx, 0) == '.') {
        lx->at++;
        bad = 1;
    }
    token->n = (size_t)(lx->at - start);
    token->problem = bad ? "a malformed number, expected decimal digits as in -12, 0.5 or 1e-8"
                         : number_problem(token);
}

static void lex_name(titri_lexer *lx, titri_token *token)
{
    while (lx->at < lx->end && is_name_part(*lx->at)) {
        lx->at++;
    }
    token->n = (size_t)(lx->at - token->s);
    const int is_bool = (token->n == 4 && strncasecmp(token->s, "true", 4) == 0) ||
                        (token->n == 5 && strncasecmp(token->s, "false", 5) == 0);
    token->word = is_bool ? TITRI_WORD_BOOL : TITRI_WORD_NAME;
}

/* @include "file" */
static void lex_include(titri_lexer *lx, titri_token *token, int line_start)
{
    static const char word[] = "@include";
    const size_t n = sizeof word - 1;
    token->word = TITRI_WORD_INCLUDE;
    token->problem = "expected @include \"file\" at the beginning of a line";
    if (!line_start || (size_t)(lx->end - lx->at) < n || memcmp(lx->at, word, n) != 0) {
        return;
    }
    lx->at += n;
    while (peek(lx, 0) == ' ' || peek(lx, 0) == '\t') {
        lx->at++;
    }
    if (peek(lx, 0) != '"') {
        return;
    }
    const char *name = ++lx->at;
    while (lx->at < lx->end && *lx->at != '"' && *lx->at != '\n' && *lx->at != '\\') {
        lx->at++;
    }
    if (peek(lx, 0) == '"' && lx->at > name) {
        token->s = name;
        token->n = (size_t)(lx->at - name);
        token->problem = NULL;
        lx->at++;
    }
}

titri_token titri_lex(titri_lexer *lexer)
{
    const unsigned open_comment = skip_blanks(lexer);
    titri_token token = {.word = TITRI_WORD_END, .s = lexer->at, .line = lexer->line};
    const int line_start = lexer->line_start;
    if (open_comment != 0) {
        token.line = open_comment;
        token.problem = "a comment /* is never closed, expected */";
    }
    if (lexer->at >= lexer->end) {
        return token;
    }
    lexer->line_start = 0;
    const char c = *lexer->at;
    if (c == '"') {
        lex_text(lexer, &token);
    } else if (is_digit(c) || c == '+' || c == '-' || c == '.') {
        lex_number(lexer, &token);
    } else if (is_letter(c)) {
        lex_name(lexer, &token);
    } else if (c == '@') {
        lex_include(lexer, &token, line_start);
    } else {
        token.word = TITRI_WORD_MARK;
        token.n = 1;
        token.problem =
            strchr("=:;,()[]{}", c) != NULL && c != '\0' ? NULL : "a character out of place";
        lexer->at++;
    }
    return token;
}
