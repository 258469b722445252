// SPDX-License-Identifier: GPL-3.0-or-later
/* The parsed config: libconfig's tree, where each setting came from, and -D overrides in it. */
#ifndef TITRI_CONFIG_TREE_H
#define TITRI_CONFIG_TREE_H

#include "source.h"

#include <libconfig.h>

#define TITRI_KEY_MAX 512 /* bytes of "section.list.entry.key" */

/* Settings that came from an override have its text ("key=value") as their libconfig hook. */
typedef struct titri_tree {
    titri_source source;
    config_t config;
} titri_tree;

void titri_tree_init(titri_tree *tree);
/** Parse source.text. @param[out] err "file:line: section.key: ..." */
titr_status titri_tree_parse(titri_tree *tree, titr_error *err) TITR_NODISCARD;
void titri_tree_fini(titri_tree *tree);

/** Fail with "file:line: " or "-D key=value: " before the message. */
titr_status titri_fail_at(const titri_tree *tree, const config_setting_t *at, titr_error *err,
                          const char *fmt, ...) TITR_PRINTF(4, 5);

/** Text of the override that a setting came from. @return NULL: from a file. */
const char *titri_override_of(const config_setting_t *setting);

/** The child of a group or list that `*key` begins with, and `*key` advanced past it and its dot.
 *  Entries of a list go by the text of their member `name`, or by number.
 *  @return NULL when there is none; `*key` is unchanged then. */
config_setting_t *titri_step(config_setting_t *from, const char **key);
/** The setting of a whole key, or else its innermost enclosing group that is there. */
config_setting_t *titri_nearest_setting(titri_tree *tree, const char *key);

/** Apply "key=value". @param[in] text must live as long as the tree. */
titr_status titri_override(titri_tree *tree, const char *text, titr_error *err) TITR_NODISCARD;

#endif
