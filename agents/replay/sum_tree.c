// SPDX-License-Identifier: GPL-3.0-or-later
#include "sum_tree.h"

#include <stdlib.h>
#include <string.h>

static size_t blocks(size_t n)
{
    return (n + TITRI_TREE_FAN - 1) / TITRI_TREE_FAN;
}

/* Where each level of nodes begins, every level padded to whole blocks but the root's. @return
 * nodes in all. */
static size_t lay_out(size_t n, size_t *first, size_t *height)
{
    size_t at = 0, level = 0, count = blocks(n);
    while (count > 1) {
        first[level++] = at;
        at += blocks(count) * TITRI_TREE_FAN;
        count = blocks(count);
    }
    first[level++] = at;
    *height = level;
    return at + 1;
}

size_t titri_sum_tree_bytes(size_t n)
{
    size_t first[TITRI_TREE_HEIGHT_MAX], height;
    const size_t nodes = lay_out(n, first, &height);
    return blocks(n) * TITRI_TREE_FAN * sizeof(float) + nodes * sizeof(double);
}

int titri_sum_tree_init(titri_sum_tree *tree, size_t n)
{
    *tree = (titri_sum_tree){.n = n};
    const size_t nodes = lay_out(n, tree->first, &tree->height);
    tree->leaf = calloc(blocks(n) * TITRI_TREE_FAN, sizeof *tree->leaf);
    tree->node = calloc(nodes, sizeof *tree->node);
    return tree->leaf != NULL && tree->node != NULL;
}

void titri_sum_tree_fini(titri_sum_tree *tree)
{
    free(tree->leaf);
    free(tree->node);
}

/* Four sums side by side: the same order everywhere, and it fits vectors. */
static double sum_leaves(const float *leaf)
{
    double s[4] = {0.0, 0.0, 0.0, 0.0};
    for (size_t i = 0; i < TITRI_TREE_FAN; i += 4) {
        for (size_t k = 0; k < 4; k++) {
            s[k] += (double)leaf[i + k];
        }
    }
    return (s[0] + s[1]) + (s[2] + s[3]);
}

static double sum_nodes(const double *node)
{
    double s[4] = {0.0, 0.0, 0.0, 0.0};
    for (size_t i = 0; i < TITRI_TREE_FAN; i += 4) {
        for (size_t k = 0; k < 4; k++) {
            s[k] += node[i + k];
        }
    }
    return (s[0] + s[1]) + (s[2] + s[3]);
}

void titri_sum_tree_set(titri_sum_tree *tree, size_t leaf, float mass)
{
    size_t at = leaf / TITRI_TREE_FAN;
    tree->leaf[leaf] = mass;
    tree->node[at] = sum_leaves(&tree->leaf[at * TITRI_TREE_FAN]);
    for (size_t level = 1; level < tree->height; level++) {
        at /= TITRI_TREE_FAN;
        const double *below = &tree->node[tree->first[level - 1] + at * TITRI_TREE_FAN];
        tree->node[tree->first[level] + at] = sum_nodes(below);
    }
}

void titri_sum_tree_derive(titri_sum_tree *tree)
{
    size_t count = blocks(tree->n);
    for (size_t i = 0; i < count; i++) {
        tree->node[i] = sum_leaves(&tree->leaf[i * TITRI_TREE_FAN]);
    }
    for (size_t level = 1; level < tree->height; level++) {
        count = blocks(count);
        for (size_t i = 0; i < count; i++) {
            const double *below = &tree->node[tree->first[level - 1] + i * TITRI_TREE_FAN];
            tree->node[tree->first[level] + i] = sum_nodes(below);
        }
    }
}

double titri_sum_tree_total(const titri_sum_tree *tree)
{
    return tree->node[tree->first[tree->height - 1]];
}

/* The child in which `*at` lies, reduced to the place within it; the last one that has mass if
 * rounding carries it beyond. */
static size_t child_of_nodes(const double *node, double *at)
{
    size_t last = 0;
    double before = 0.0;
    for (size_t i = 0; i < TITRI_TREE_FAN; i++) {
        if (node[i] > 0.0) {
            last = i;
            before = *at;
            if (*at < node[i]) {
                return i;
            }
            *at -= node[i];
        }
    }
    *at = before;
    return last;
}

static size_t child_of_leaves(const float *leaf, double at)
{
    size_t last = 0;
    for (size_t i = 0; i < TITRI_TREE_FAN; i++) {
        if (leaf[i] > 0.0F) {
            last = i;
            if (at < (double)leaf[i]) {
                return i;
            }
            at -= (double)leaf[i];
        }
    }
    return last;
}

size_t titri_sum_tree_find(const titri_sum_tree *tree, double at)
{
    size_t node = 0;
    for (size_t level = tree->height - 1; level > 0; level--) {
        const double *below = &tree->node[tree->first[level - 1] + node * TITRI_TREE_FAN];
        node = node * TITRI_TREE_FAN + child_of_nodes(below, &at);
    }
    const float *below = &tree->leaf[node * TITRI_TREE_FAN];
    return node * TITRI_TREE_FAN + child_of_leaves(below, at);
}
