// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/base/json_find.h"

#include <stdlib.h>
#include <string.h>

static const char *skip_blank(const char *s)
{
    return s + strspn(s, " \t\r\n");
}

/* Behind the closing quote of the string that begins at s. */
static const char *skip_string(const char *s)
{
    for (s++; *s != '\0' && *s != '"'; s++) {
        s += *s == '\\' && s[1] != '\0';
    }
    return *s == '"' ? s + 1 : s;
}

/* Behind the value that begins at s. */
static const char *skip_value(const char *s)
{
    size_t depth = 0;
    do {
        s = skip_blank(s);
        if (*s == '"') {
            s = skip_string(s);
        } else if (*s == '{' || *s == '[') {
            depth++;
            s++;
        } else if (*s == '}' || *s == ']') {
            depth -= depth > 0;
            s++;
        } else if (*s == ',' || *s == ':') {
            s++;
        } else {
            s += strcspn(s, " \t\r\n,:{}[]\"");
        }
    } while (depth > 0 && *s != '\0');
    return s;
}

/* Value of member `name` (n bytes) of the object that begins at s. */
static const char *member(const char *s, const char *name, size_t n)
{
    s = skip_blank(s);
    if (*s != '{') {
        return NULL;
    }
    for (s = skip_blank(s + 1); *s == '"'; s = skip_blank(s)) {
        const char *end = skip_string(s);
        const int same = (size_t)(end - s) == n + 2 && strncmp(s + 1, name, n) == 0;
        s = skip_blank(end);
        if (*s != ':') {
            return NULL;
        }
        s = skip_blank(s + 1);
        if (same) {
            return s;
        }
        s = skip_blank(skip_value(s));
        s += *s == ',';
    }
    return NULL;
}

const char *titr_json_find(const char *json, const char *path)
{
    while (json != NULL && *path != '\0') {
        const size_t n = strcspn(path, ".");
        json = member(json, path, n);
        path += n + (path[n] == '.');
    }
    return json;
}

int titr_json_text_at(const char *json, const char *path, char *text, size_t size)
{
    const char *s = titr_json_find(json, path);
    size_t n = 0;
    text[0] = '\0';
    if (s == NULL || *s != '"') {
        return 0;
    }
    for (s++; *s != '\0' && *s != '"' && n + 1 < size; s++) {
        if (*s == '\\' && (s[1] == '"' || s[1] == '\\' || s[1] == '/')) {
            s++; /* other escapes stay as they stand: names have none */
        }
        text[n++] = *s;
    }
    text[n] = '\0';
    return 1;
}

double titr_json_number_at(const char *json, const char *path, double otherwise)
{
    const char *s = titr_json_find(json, path);
    char *end = NULL;
    const double value = s != NULL ? strtod(s, &end) : 0.0;
    return end != NULL && end != s ? value : otherwise;
}
