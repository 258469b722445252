// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file sum_tree.h
 * @brief Masses of many leaves and the sums over them, for draws in proportion to mass.
 *
 * Sixteen children a node: a tree of 10^6 leaves is five levels high and takes 4.6 bytes a leaf. A
 * node is always the sum of its children in double precision, added in one fixed order whenever one
 * changes: sums cannot drift, and depend on the leaves alone, not on how they came about.
 */
#ifndef TITR_AGENTS_REPLAY_SUM_TREE_H
#define TITR_AGENTS_REPLAY_SUM_TREE_H

#include <stddef.h>

#define TITRI_TREE_FAN 16
#define TITRI_TREE_HEIGHT_MAX 12

/** Leaves and nodes. */
typedef struct titri_sum_tree {
    size_t n;      /* leaves in use */
    float *leaf;   /* [padded to a multiple of TITRI_TREE_FAN], masses >= 0 */
    double *node;  /* level after level, from above the leaves up to the root */
    size_t height; /* levels of nodes, >= 1 */
    size_t first[TITRI_TREE_HEIGHT_MAX]; /* where each level of nodes begins */
} titri_sum_tree;

/** Bytes of a tree of n leaves. */
size_t titri_sum_tree_bytes(size_t n);
/** @return 0 if there is no memory; a failed or zeroed tree may be given to fini. */
int titri_sum_tree_init(titri_sum_tree *tree, size_t n);
void titri_sum_tree_fini(titri_sum_tree *tree);
/** Give a leaf its mass. */
void titri_sum_tree_set(titri_sum_tree *tree, size_t leaf, float mass);
/** All nodes anew, after the leaves were written directly. */
void titri_sum_tree_derive(titri_sum_tree *tree);
/** Sum of all leaves. */
double titri_sum_tree_total(const titri_sum_tree *tree);
/** The leaves in whose part of [0, total) each of `at` lies, leaves side by side in their order.
 * Never a leaf without mass, whatever rounding does. Many at once: they hide each other's misses.
 *  @param[in,out] at [n] >= 0; the total must be > 0; left as the place within the leaf.
 *  @param[out] leaf [n] */
void titri_sum_tree_find(const titri_sum_tree *tree, double *at, size_t n, size_t *leaf);

#endif
