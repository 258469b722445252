// SPDX-License-Identifier: GPL-3.0-or-later
/* placeholder until the implementation lands in the next commit */
#ifndef TITR_BASE_MATH_INLINE_H
#define TITR_BASE_MATH_INLINE_H
#endif
