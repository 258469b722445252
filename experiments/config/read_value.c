// SPDX-License-Identifier: GPL-3.0-or-later
/* One value: its type, its range, its text. libconfig's own conversions stay off: they truncate. */
#include "read.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define EXPECTED_MAX 320
#define SHOWN_MAX 60

void titri_show_value(const config_setting_t *setting, char *text, size_t size)
{
    char number[32];
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
        (void)snprintf(text, size, "%d", config_setting_get_int(setting));
        break;
    case CONFIG_TYPE_INT64:
        (void)snprintf(text, size, "%lld", config_setting_get_int64(setting));
        break;
    case CONFIG_TYPE_FLOAT:
        titr_format_real(config_setting_get_float(setting), number);
        (void)snprintf(text, size, "%s%s", number, strpbrk(number, ".en") != NULL ? "" : ".0");
        break;
    case CONFIG_TYPE_BOOL:
        (void)snprintf(text, size, "%s", config_setting_get_bool(setting) ? "true" : "false");
        break;
    case CONFIG_TYPE_STRING: {
        const char *s = config_setting_get_string(setting);
        (void)snprintf(text, size, "\"%.*s\"%s", SHOWN_MAX, s, strlen(s) > SHOWN_MAX ? ".." : "");
        break;
    }
    case CONFIG_TYPE_GROUP:
        (void)snprintf(text, size, "a group");
        break;
    case CONFIG_TYPE_ARRAY:
        (void)snprintf(text, size, "an array");
        break;
    default:
        (void)snprintf(text, size, "a list");
        break;
    }
}

static titr_status refuse(const titri_tree *tree, const config_setting_t *setting, const char *key,
                          const titr_option *option, const char *more, titr_error *err)
{
    char value[SHOWN_MAX + 16], expected[EXPECTED_MAX];
    titri_show_value(setting, value, sizeof value);
    titr_option_expected(option, expected, sizeof expected);
    return titri_fail_at(tree, setting, err, "%.160s: %s, expected %s%s", key, value, expected,
                         more);
}

/* @return 0 when the setting is no number. */
static int number_of(const config_setting_t *setting, double *value)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        *value = (double)config_setting_get_int64(setting);
        return 1;
    case CONFIG_TYPE_FLOAT:
        *value = config_setting_get_float(setting);
        return 1;
    default:
        return 0;
    }
}

static int in_range(const titr_option *option, double value)
{
    return isfinite(value) && value >= option->lo && value <= option->hi;
}

static titr_status read_real(const titri_tree *tree, const config_setting_t *setting,
                             const char *key, const titr_option *option, double *field,
                             titr_error *err)
{
    const char *text = config_setting_get_string(setting);
    double value = 0.0;
    if (isnan(option->init) && text != NULL && strcmp(text, "auto") == 0) {
        *field = (double)NAN;
        return TITR_OK;
    }
    if (!number_of(setting, &value) || !in_range(option, value)) {
        return refuse(tree, setting, key, option, "", err);
    }
    *field = value;
    return TITR_OK;
}

static titr_status read_int(const titri_tree *tree, const config_setting_t *setting,
                            const char *key, const titr_option *option, int64_t *field,
                            titr_error *err)
{
    double value = 0.0;
    const char *text = config_setting_get_string(setting);
    if (text != NULL && text[0] != '\0' && text[strspn(text, "0123456789")] == '\0') {
        return refuse(tree, setting, key, option,
                      "; without quotes, and with an L at the end beyond 32 bits", err);
    }
    if (config_setting_type(setting) == CONFIG_TYPE_FLOAT || !number_of(setting, &value) ||
        !in_range(option, value)) {
        return refuse(tree, setting, key, option, "", err);
    }
    *field = config_setting_get_int64(setting);
    return TITR_OK;
}

/* A choice's text; of one that has true and false among its names the plain words as well. */
static const char *choice_of(const config_setting_t *setting)
{
    if (config_setting_type(setting) == CONFIG_TYPE_BOOL) {
        return config_setting_get_bool(setting) ? "true" : "false";
    }
    return config_setting_get_string(setting);
}

static titr_status read_choice(const titri_tree *tree, const config_setting_t *setting,
                               const char *key, const titr_option *option, int *field,
                               titr_error *err)
{
    const char *text = choice_of(setting);
    size_t n = 0;
    for (; option->choices[n] != NULL; n++) {
        if (text != NULL && strcmp(option->choices[n], text) == 0) {
            *field = (int)n;
            return TITR_OK;
        }
    }
    const char *near = text != NULL ? titr_nearest(text, option->choices, n) : NULL;
    char more[TITR_TEXT_MAX] = "";
    if (near != NULL) {
        (void)snprintf(more, sizeof more, "; did you mean '%s'?", near);
    }
    return refuse(tree, setting, key, option, more, err);
}

static titr_status read_flag(const titri_tree *tree, const config_setting_t *setting,
                             const char *key, const titr_option *option, int *field,
                             titr_error *err)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL) {
        return refuse(tree, setting, key, option, "", err);
    }
    *field = config_setting_get_bool(setting) != 0;
    return TITR_OK;
}

/* Escapes such as \x01 can make a text of bytes that are none. */
static int is_text(const char *s)
{
    for (size_t length = 0; *s != '\0'; s += length) {
        length = titr_utf8_length(s, strlen(s));
        if (length == 0 || (unsigned char)*s < 0x20 || *s == 0x7F) {
            return 0;
        }
    }
    return 1;
}

/* A file's name seen from the folder of the config that names it. */
static int place_path(const titri_tree *tree, const config_setting_t *setting, const char *text,
                      char *field)
{
    unsigned line = 0;
    const char *from =
        titri_override_of(setting) != NULL
            ? ""
            : titri_source_origin(&tree->source, config_setting_source_line(setting), &line);
    return titri_join(text[0] == '\0' ? "" : from, text, field, TITR_TEXT_MAX);
}

/* A text; also the 1001 of -D seed=1001: a value typed as an override needs no quotes. */
static const char *text_of(const config_setting_t *setting)
{
    const char *text = config_setting_get_string(setting);
    const char *override = titri_override_of(setting);
    if (text != NULL || override == NULL || !config_setting_is_scalar(setting)) {
        return text;
    }
    const char *value = strchr(override, '=') + 1;
    return strpbrk(value, "{[(") == NULL ? value : NULL;
}

static titr_status read_text(const titri_tree *tree, const config_setting_t *setting,
                             const char *key, const titr_option *option, char *field,
                             titr_error *err)
{
    const char *text = text_of(setting);
    if (text == NULL) {
        return refuse(tree, setting, key, option, " in quotes", err);
    }
    if (!is_text(text)) {
        return refuse(tree, setting, key, option, " in UTF-8 without control characters", err);
    }
    if (option->required && text[0] == '\0') {
        return refuse(tree, setting, key, option, " that is not empty", err);
    }
    const int fits = titr_option_is_path(option)
                         ? place_path(tree, setting, text, field)
                         : snprintf(field, TITR_TEXT_MAX, "%s", text) < TITR_TEXT_MAX;
    return fits ? TITR_OK
                : refuse(tree, setting, key, option, " of at most 255 bytes, with its folder", err);
}

static titr_status read_reals(const titri_tree *tree, const config_setting_t *setting,
                              const char *key, const titr_option *option, titr_reals *field,
                              titr_error *err)
{
    titr_reals reals = {.n = 0};
    if (!config_setting_is_array(setting) && !config_setting_is_list(setting)) {
        return refuse(tree, setting, key, option, "", err);
    }
    const unsigned n = (unsigned)config_setting_length(setting);
    if (n > TITR_REALS_MAX) {
        return refuse(tree, setting, key, option, "; it has more", err);
    }
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *element = config_setting_get_elem(setting, i);
        double value = 0.0;
        if (!number_of(element, &value) || !in_range(option, value)) {
            char whole[TITRI_KEY_MAX];
            (void)snprintf(whole, sizeof whole, "%.400s[%u]", key, i);
            return refuse(tree, element, whole, option, "", err);
        }
        reals.v[reals.n++] = value;
    }
    *field = reals;
    return TITR_OK;
}

titr_status titri_read_value(const titri_tree *tree, const config_setting_t *setting,
                             const char *key, const titr_option *option, void *def, titr_error *err)
{
    void *field = (char *)def + option->offset;
    switch (option->kind) {
    case TITR_OPTION_REAL:
        return read_real(tree, setting, key, option, field, err);
    case TITR_OPTION_INT:
        return read_int(tree, setting, key, option, field, err);
    case TITR_OPTION_FLAG:
        return read_flag(tree, setting, key, option, field, err);
    case TITR_OPTION_CHOICE:
        return read_choice(tree, setting, key, option, field, err);
    case TITR_OPTION_TEXT:
        return read_text(tree, setting, key, option, field, err);
    case TITR_OPTION_REALS:
        return read_reals(tree, setting, key, option, field, err);
    }
    return TITR_OK;
}
