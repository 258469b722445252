// SPDX-License-Identifier: GPL-3.0-or-later
/* Words of libconfig's language, with what is wrong with them said in plain English: libconfig's
 * own answer to most mistakes is "syntax error", and some it does not notice at all. */
#ifndef TITRI_CONFIG_LEXER_H
#define TITRI_CONFIG_LEXER_H

#include <stddef.h>

typedef enum titri_word {
    TITRI_WORD_END,
    TITRI_WORD_NAME,
    TITRI_WORD_BOOL,
    TITRI_WORD_INT,
    TITRI_WORD_INT64, /* ends in L */
    TITRI_WORD_REAL,
    TITRI_WORD_TEXT,    /* s, n: with its quotes */
    TITRI_WORD_INCLUDE, /* s, n: the file's name without quotes */
    TITRI_WORD_MARK     /* one of = : ; , ( ) [ ] { } */
} titri_word;

typedef struct titri_token {
    titri_word word;
    const char *s;
    size_t n;
    unsigned line;
    const char *problem; /* static text; NULL = the word is well-formed */
} titri_token;

typedef struct titri_lexer {
    const char *at, *end;
    unsigned line;  /* of `at`, from 1 */
    int line_start; /* 1 = only blanks precede on this line */
} titri_lexer;

titri_token titri_lex(titri_lexer *lexer);

#endif
