// SPDX-License-Identifier: GPL-3.0-or-later
/* titr_exp and the rest against the C library's long double functions (64-bit significand). */
#include "titrate/base/math.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

enum { POINTS = 200000 };

typedef double (*function)(double x);
typedef long double (*reference)(long double x);

/* Point i of a stream, uniform on [lo, hi]. */
static double point(uint32_t i, double lo, double hi)
{
    const titr_rng_key key = {.seed = 7, .purpose = TITR_PURPOSE_TEST};
    return lo + (hi - lo) * titr_rng_uniform(key, i);
}

static long double ulp_at(long double y)
{
    const double a = fabs((double)y);
    return (long double)(nextafter(a, HUGE_VAL) - a);
}

typedef struct worst {
    double ulp, absolute, relative;
} worst;

static worst compare(function f, reference g, double lo, double hi)
{
    worst w = {0};
    for (uint32_t i = 0; i < POINTS; i++) {
        const double x = point(i, lo, hi);
        const long double want = g((long double)x);
        const long double error = fabsl((long double)f(x) - want);
        w.ulp = fmax(w.ulp, (double)(error / ulp_at(want)));
        w.absolute = fmax(w.absolute, (double)error);
        w.relative = fmax(w.relative, (double)(error / fabsl(want)));
    }
    return w;
}

/* The inline functions need an address. */
static double exp_of(double x)
{
    return titr_exp(x);
}

static double tanh_of(double x)
{
    return titr_tanh(x);
}

static void expect_below(double got, double bound, const char *what)
{
    cr_log_info("%s: %.3g (bound %.3g)", what, got, bound);
    cr_assert(got <= bound, "%s: %.3g above %.3g", what, got, bound);
}

Test(math, exp_is_within_one_ulp)
{
    expect_below(compare(exp_of, expl, -708.0, 709.7).ulp, 1.0, "exp, wide, ulp");
    expect_below(compare(exp_of, expl, -1.0, 1.0).ulp, 1.0, "exp, near 0, ulp");
    expect_below(compare(exp_of, expl, -745.0, -708.4).absolute, 0x1p-1073, "exp, subnormal");
}

Test(math, exp_at_the_ends)
{
    cr_assert_eq(titr_exp(0.0), 1.0);
    cr_assert_eq(titr_exp(-0.0), 1.0);
    cr_assert_eq(titr_exp(709.79), HUGE_VAL);
    cr_assert(isfinite(titr_exp(709.78)));
    cr_assert_eq(titr_exp(HUGE_VAL), HUGE_VAL);
    cr_assert_eq(titr_exp(-HUGE_VAL), 0.0);
    cr_assert_eq(titr_exp(-745.2), 0.0);
    cr_assert_eq(titr_exp(-745.0), 0x1p-1074);
    cr_assert(isnan(titr_exp((double)NAN)));
}

Test(math, log_is_within_one_ulp)
{
    expect_below(compare(titr_log, logl, 0.5, 2.0).ulp, 1.0, "log, near 1, ulp");
    expect_below(compare(titr_log, logl, 1e-3, 1e3).ulp, 1.0, "log, middle, ulp");
    expect_below(compare(titr_log, logl, 1e-300, 1e300).ulp, 1.0, "log, wide, ulp");
    double last = 0.0;
    for (int e = -1074; e < 1024; e++) { /* every power of two, subnormal ones too */
        const double x = ldexp(1.0 + point((uint32_t)(e + 1074), 0.0, 1.0), e);
        const long double want = logl((long double)x);
        last = fmax(last, (double)(fabsl((long double)titr_log(x) - want) / ulp_at(want)));
    }
    expect_below(last, 1.0, "log, all exponents, ulp");
}

Test(math, log_at_the_ends)
{
    cr_assert_eq(titr_log(1.0), 0.0);
    cr_assert_eq(titr_log(0.0), -HUGE_VAL);
    cr_assert_eq(titr_log(HUGE_VAL), HUGE_VAL);
    cr_assert(isnan(titr_log(-1.0)));
    cr_assert(isnan(titr_log((double)NAN)));
}

Test(math, tanh_is_within_its_absolute_bound)
{
    expect_below(compare(tanh_of, tanhl, -1.0, 1.0).absolute, 2.3e-16, "tanh, near 0");
    expect_below(compare(tanh_of, tanhl, -25.0, 25.0).absolute, 2.3e-16, "tanh, wide");
    cr_assert_eq(titr_tanh(0.0), 0.0);
    cr_assert_eq(titr_tanh(20.0), 1.0);
    cr_assert_eq(titr_tanh(-HUGE_VAL), -1.0);
    cr_assert(isnan(titr_tanh((double)NAN)));
    for (uint32_t i = 0; i < 1000; i++) {
        const double x = point(i, 0.0, 5.0);
        cr_assert_eq(titr_tanh(-x), -titr_tanh(x));
    }
}

/* Largest error of tanh(x) - tanh(y), |x|, |y| <= far, at arguments that are exact in its own unit.
 */
static double difference_error(double far)
{
    const long double scale = 2.0L / logl(2.0L);
    double largest = 0.0;
    for (uint32_t i = 0; i < POINTS; i++) {
        const double u = point(2 * i, -far, far), v = point(2 * i + 1, -far, far);
        const long double want = tanhl((long double)u / scale) - tanhl((long double)v / scale);
        largest = fmax(largest, (double)fabsl((long double)titr_tanh_difference(u, v) - want));
    }
    return largest;
}

Test(math, tanh_difference_is_within_its_absolute_bound)
{
    expect_below(difference_error(0.01), 1e-15, "tanh difference, near 0");
    expect_below(difference_error(3.0), 1e-15, "tanh difference, middle");
    expect_below(difference_error(100.0), 1e-15, "tanh difference, wide");
    cr_assert_eq(titr_tanh_difference(1.25, 1.25), 0.0);
    cr_assert_eq(titr_tanh_difference(HUGE_VAL, -HUGE_VAL), 2.0);
    cr_assert_eq(titr_tanh_difference(-1e300, 1e300), -2.0);
    cr_assert(isnan(titr_tanh_difference((double)NAN, 0.0)));
    cr_assert(isnan(titr_tanh_difference(0.0, (double)NAN)));
    for (uint32_t i = 0; i < 1000; i++) {
        const double u = point(2 * i, -9.0, 9.0), v = point(2 * i + 1, -9.0, 9.0);
        cr_assert_eq(titr_tanh_difference(u, v), -titr_tanh_difference(v, u));
    }
}

Test(math, pow_is_within_its_relative_bound)
{
    double w = 0.0;
    for (uint32_t i = 0; i < POINTS; i++) {
        const double x = point(2 * i, 1e-3, 1e3);
        const double y = point(2 * i + 1, -4.0, 4.0);
        const long double want = powl((long double)x, (long double)y);
        w = fmax(w, (double)fabsl(((long double)titr_pow(x, y) - want) / want));
    }
    expect_below(w, 1e-14, "pow, x in [1e-3, 1e3], |y| <= 4, relative");
    cr_assert_eq(titr_pow(7.0, 0.0), 1.0);
    cr_assert_eq(titr_pow(0.0, 1.5), 0.0);
    cr_assert_eq(titr_pow(0.0, -1.5), HUGE_VAL);
    cr_assert(isnan(titr_pow(-2.0, 2.0)));
}

Test(math, sinh_is_within_its_relative_bound)
{
    expect_below(compare(titr_sinh, sinhl, -1.0, 1.0).relative, 5e-16, "sinh, near 0");
    expect_below(compare(titr_sinh, sinhl, -20.0, 20.0).relative, 5e-16, "sinh, middle");
    expect_below(compare(titr_sinh, sinhl, 690.0, 710.4).relative, 5e-16, "sinh, large");
    cr_assert_eq(titr_sinh(0.0), 0.0);
    cr_assert_eq(titr_sinh(-711.0), -HUGE_VAL);
    cr_assert(isnan(titr_sinh((double)NAN)));
}

Test(math, sin_is_within_its_absolute_bound)
{
    expect_below(compare(titr_sin, sinl, -7.0, 7.0).absolute, 2e-16, "sin, near 0");
    expect_below(compare(titr_sin, sinl, -1e5, 1e5).absolute, 2e-16, "sin, wide");
    cr_assert_eq(titr_sin(0.0), 0.0);
    cr_assert(isnan(titr_sin(1.1e5)), "outside the documented range");
    cr_assert(isnan(titr_sin((double)NAN)));
}

Test(math, cos_is_within_its_absolute_bound)
{
    expect_below(compare(titr_cos, cosl, -7.0, 7.0).absolute, 2e-16, "cos, near 0");
    expect_below(compare(titr_cos, cosl, -1e5, 1e5).absolute, 2e-16, "cos, wide");
    cr_assert_eq(titr_cos(0.0), 1.0);
    cr_assert(isnan(titr_cos(-1.1e5)), "outside the documented range");
    cr_assert(isnan(titr_cos((double)NAN)));
}

/* Distribution function of the standard normal. */
static long double normal_cdf(long double x)
{
    return 0.5L * erfcl(-x / sqrtl(2.0L));
}

Test(math, normal_quantile_inverts_the_distribution_function)
{
    double w = 0.0;
    for (uint32_t i = 0; i < POINTS; i++) {
        /* half of the points near the centre, half spread over the decades of the tail */
        const double p = i % 2 == 0 ? point(i, 0.0, 1.0) : pow(10.0, point(i, -300.0, -0.31));
        const long double x = (long double)titr_normal_quantile(p);
        const long double density = expl(-0.5L * x * x) / sqrtl(2.0L * acosl(-1.0L));
        /* the smaller tail: there the subtraction is accurate */
        const long double error =
            x < 0.0L ? normal_cdf(x) - (long double)p : (1.0L - (long double)p) - normal_cdf(-x);
        w = fmax(w, (double)fabsl(error / density) / fmax(1.0, (double)fabsl(x)));
    }
    expect_below(w, 1e-15, "normal quantile, relative to max(1, |x|)");
    cr_assert_eq(titr_normal_quantile(0.5), 0.0);
    /* table of the paper */
    cr_assert_float_eq(titr_normal_quantile(0.25), -0.6744897501960817, 1e-15);
    cr_assert_float_eq(titr_normal_quantile(0.001), -3.090232306167814, 4e-15);
    cr_assert_float_eq(titr_normal_quantile(1e-20), -9.262340089798408, 1e-14);
}

Test(math, normal_cdf)
{
    const worst w = compare(titr_normal_cdf, normal_cdf, -7.0, 7.0);
    expect_below(w.absolute, 5e-16, "normal distribution function, absolute");
    expect_below(compare(titr_normal_cdf, normal_cdf, -36.0, 0.0).relative, 5e-8,
                 "normal distribution function of negative x, relative");
    cr_assert_eq(titr_normal_cdf(0.0), 0.5);
    cr_assert_eq(titr_normal_cdf(-40.0), 0.0);
    cr_assert_eq(titr_normal_cdf(40.0), 1.0);
}
