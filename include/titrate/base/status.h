// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/status.h
 * @brief Status codes and the caller-owned error record used by every fallible function.
 *
 * Errors  a function that can fail returns titr_status and takes `titr_error *err` last; `err` may
 *         be NULL. Outputs are written only on TITR_OK unless the function says otherwise.
 * Threads no global state: one titr_error per thread.
 */
#ifndef TITR_BASE_STATUS_H
#define TITR_BASE_STATUS_H

/** The compiler warns when the result is not looked at. */
#define TITR_NODISCARD __attribute__((warn_unused_result))
/** The compiler checks the arguments against the format. */
#define TITR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* One row per code: enum, value and text cannot drift apart. */
#define TITR_STATUS_MAP(X)                                                                         \
    X(TITR_OK, 0, "success")                                                                       \
    X(TITR_ERR_ARG, -1, "argument is NULL or inconsistent")                                        \
    X(TITR_ERR_RANGE, -2, "value outside its documented range")                                    \
    X(TITR_ERR_CONFIG, -3, "configuration or input file is wrong or incomplete")                   \
    X(TITR_ERR_NOMEM, -4, "out of memory")                                                         \
    X(TITR_ERR_IO, -5, "file could not be read or written")                                        \
    X(TITR_ERR_SOLVER, -6, "integrator failed or produced a non-finite state")                     \
    X(TITR_ERR_NOT_FOUND, -7, "name is not in the registry")                                       \
    X(TITR_ERR_STOPPED, -8, "stopped on request; what was finished is saved")

/** 0 is success, everything else a failure. */
typedef enum titr_status {
#define X(name, value, text) name = (value),
    TITR_STATUS_MAP(X)
#undef X
} titr_status;

/** Error record. Owned by the caller, filled on failure, untouched on success. */
typedef struct titr_error {
    titr_status code; /* what the function returned */
    char where[64];   /* "file.c:line" of the check that failed; for developers     */
    char what[512];   /* one line for users: file:line, key, value, unit, what was expected */
} titr_error;

/** Text of a status code. @return static string, never NULL. */
const char *titr_status_str(titr_status status);

/** Fill `err` (may be NULL) and return `code`, so callers can `return titr_fail(...)`. */
titr_status titr_fail_at(titr_error *err, titr_status code, const char *file, int line,
                         const char *fmt, ...) TITR_PRINTF(5, 6);
/** titr_fail_at with the place of the call. */
#define titr_fail(err, code, ...) titr_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)

/** Return from the calling function with the status of `call` unless it is TITR_OK. */
#define TITR_TRY(call)                                                                             \
    do {                                                                                           \
        const titr_status titr_try_status = (call);                                                \
        if (titr_try_status != TITR_OK) {                                                          \
            return titr_try_status;                                                                \
        }                                                                                          \
    } while (0)

#endif
