// SPDX-License-Identifier: GPL-3.0-or-later
#include "sum_tree.h"

#include <stdlib.h>
#include <string.h>

#define LINE 64 /* bytes of a cache line */

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

/* Whole cache lines, which a node's children fill. */
static size_t padded(size_t bytes)
{
    return (bytes + LINE - 1) / LINE * LINE;
}

static void *zeroed(size_t bytes)
{
    void *block = aligned_alloc(LINE, bytes);
    if (block != NULL) {
        memset(block, 0, bytes);
    }
    return block;
}

size_t titri_sum_tree_bytes(size_t n)
{
    size_t first[TITRI_TREE_HEIGHT_MAX], height;
    const size_t nodes = lay_out(n, first, &height);
    return blocks(n) * TITRI_TREE_FAN * sizeof(float) + padded(nodes * sizeof(double));
}

int titri_sum_tree_init(titri_sum_tree *tree, size_t n)
{
    *tree = (titri_sum_tree){.n = n};
    const size_t nodes = lay_out(n, tree->first, &tree->height);
    tree->leaf = zeroed(blocks(n) * TITRI_TREE_FAN * sizeof *tree->leaf);
    tree->node = zeroed(padded(nodes * sizeof *tree->node));
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

/* The child in which `*at` lies, reduced to the place within it: first the four of it, then the one
 * among these, without branches. A child without mass is passed over, as the next one begins where
 * it does; only what rounding carries beyond the last one may land on it, and goes to the last with
 * mass. */
static size_t child_of(const double *mass, double *at)
{
    double four[4];
    for (size_t k = 0; k < 4; k++) {
        four[k] = (mass[4 * k] + mass[4 * k + 1]) + (mass[4 * k + 2] + mass[4 * k + 3]);
    }
    const double p1 = four[0], p2 = p1 + four[1], p3 = p2 + four[2];
    const size_t block = (size_t)(*at >= p1) + (size_t)(*at >= p2) + (size_t)(*at >= p3);
    const double before[4] = {0.0, p1, p2, p3};
    double rest = *at - before[block];
    const double *m = &mass[4 * block];
    const double q1 = m[0], q2 = q1 + m[1], q3 = q2 + m[2];
    const size_t one = (size_t)(rest >= q1) + (size_t)(rest >= q2) + (size_t)(rest >= q3);
    const double within[4] = {0.0, q1, q2, q3};
    size_t child = 4 * block + one;
    *at = rest - within[one];
    while (mass[child] == 0.0 && child > 0) {
        child--;
    }
    return child;
}

static size_t child_of_leaves(const float *leaf, double *at)
{
    double mass[TITRI_TREE_FAN];
    for (size_t i = 0; i < TITRI_TREE_FAN; i++) {
        mass[i] = (double)leaf[i];
    }
    return child_of(mass, at);
}

void titri_sum_tree_find(const titri_sum_tree *tree, double *at, size_t n, size_t *leaf)
{
    memset(leaf, 0, n * sizeof *leaf);
    for (size_t level = tree->height - 1; level > 0; level--) {
        const double *nodes = &tree->node[tree->first[level - 1]];
        for (size_t j = 0; j < n; j++) {
            const size_t first = leaf[j] * TITRI_TREE_FAN;
            leaf[j] = first + child_of(&nodes[first], &at[j]);
            if (level == 1) {
                __builtin_prefetch(&tree->leaf[leaf[j] * TITRI_TREE_FAN]);
            } else {
                const double *below = &tree->node[tree->first[level - 2]];
                __builtin_prefetch(&below[leaf[j] * TITRI_TREE_FAN]);
                __builtin_prefetch(&below[leaf[j] * TITRI_TREE_FAN + 8]);
            }
        }
    }
    for (size_t j = 0; j < n; j++) {
        const size_t first = leaf[j] * TITRI_TREE_FAN;
        leaf[j] = first + child_of_leaves(&tree->leaf[first], &at[j]);
    }
}
