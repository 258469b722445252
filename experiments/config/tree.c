// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree.h"

#include "syntax.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 100

void titri_tree_init(titri_tree *tree)
{
    *tree = (titri_tree){0};
    config_init(&tree->config);
}

titr_status titri_tree_parse(titri_tree *tree, titr_error *err)
{
    const char *text = tree->source.text.s != NULL ? tree->source.text.s : "";
    titri_mistake mistake = {0};
    unsigned line = 0;
    titr_status status = titri_syntax_check(text, tree->source.text.n, &mistake);
    if (status == TITR_OK && config_read_string(&tree->config, text) != CONFIG_TRUE) {
        mistake.line = (unsigned)config_error_line(&tree->config);
        (void)snprintf(mistake.what, sizeof mistake.what, "%s", config_error_text(&tree->config));
        status = TITR_ERR_CONFIG;
    }
    if (status == TITR_ERR_NOMEM) {
        return titr_fail(err, status, "no memory for a config");
    }
    if (status != TITR_OK) {
        const char *file = titri_source_origin(&tree->source, mistake.line, &line);
        return titr_fail(err, status, "%.200s:%u: %s", file, line, mistake.what);
    }
    return TITR_OK;
}

void titri_tree_fini(titri_tree *tree)
{
    config_destroy(&tree->config);
    titri_source_fini(&tree->source);
}

const char *titri_override_of(const config_setting_t *setting)
{
    return setting->hook;
}

titr_status titri_fail_at(const titri_tree *tree, const config_setting_t *at, titr_error *err,
                          const char *fmt, ...)
{
    char what[sizeof err->what];
    unsigned line = 0;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    const char *override = titri_override_of(at);
    if (override != NULL) {
        return titr_fail(err, TITR_ERR_CONFIG, "-D %.*s: %s", SHOWN_MAX, override, what);
    }
    const char *file = titri_source_origin(&tree->source, config_setting_source_line(at), &line);
    return titr_fail(err, TITR_ERR_CONFIG, "%.200s:%u: %s", file, line, what);
}

/* 1 if `key` is `name` or goes on with a dot after it. */
static int begins_with(const char *key, const char *name)
{
    const size_t n = strlen(name);
    return n > 0 && strncmp(key, name, n) == 0 && (key[n] == '.' || key[n] == '\0');
}

static const char *name_of(const config_setting_t *entry)
{
    const config_setting_t *name =
        config_setting_is_group(entry) ? config_setting_get_member(entry, "name") : NULL;
    return name != NULL ? config_setting_get_string(name) : NULL;
}

/* Entry of a list by name; of several, the longest name that fits. */
static config_setting_t *step_by_name(const config_setting_t *list, const char *key, size_t *length)
{
    config_setting_t *found = NULL;
    *length = 0;
    for (unsigned i = 0; i < (unsigned)config_setting_length(list); i++) {
        config_setting_t *entry = config_setting_get_elem(list, i);
        const char *name = name_of(entry);
        if (name != NULL && begins_with(key, name) && strlen(name) > *length) {
            found = entry;
            *length = strlen(name);
        }
    }
    return found;
}

static config_setting_t *step_by_number(const config_setting_t *list, const char *key,
                                        size_t *length)
{
    *length = strspn(key, "0123456789");
    if (*length == 0 || *length > 6 || (key[*length] != '.' && key[*length] != '\0')) {
        return NULL;
    }
    return config_setting_get_elem(list, (unsigned)strtoul(key, NULL, 10));
}

config_setting_t *titri_step(config_setting_t *from, const char **key)
{
    config_setting_t *found = NULL;
    size_t length = strcspn(*key, ".");
    if (config_setting_is_group(from)) {
        char name[TITRI_KEY_MAX];
        if (length < sizeof name) {
            memcpy(name, *key, length);
            name[length] = '\0';
            found = config_setting_get_member(from, name);
        }
    } else if (config_setting_is_list(from)) {
        found = step_by_name(from, *key, &length);
        if (found == NULL) {
            found = step_by_number(from, *key, &length);
        }
    }
    if (found != NULL) {
        *key += length + ((*key)[length] == '.');
    }
    return found;
}

config_setting_t *titri_nearest_setting(titri_tree *tree, const char *key)
{
    config_setting_t *at = config_root_setting(&tree->config);
    for (config_setting_t *next = at; next != NULL && *key != '\0';) {
        next = titri_step(at, &key);
        at = next != NULL ? next : at;
    }
    return at;
}
