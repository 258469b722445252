// SPDX-License-Identifier: GPL-3.0-or-later
/* What the user sees while something runs, and how he stops it. */
#include "cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHOW_AFTER_S 2.0
#define REDRAW_EVERY_S 0.2
#define BAR_WIDTH 28

/* The process has one terminal and one set of signals. */
static volatile sig_atomic_t stop_asked;
static struct {
    char what[64];
    double begun_s, drawn_s;
    size_t first; /* units that were done when this stage began */
    int shown, quiet;
} bar;

static void on_signal(int number)
{
    stop_asked = 1;
    (void)signal(number, SIG_DFL); /* a second Ctrl-C ends at once */
}

void cli_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN; /* a write beyond a limit of size fails, as on a full disk */
    (void)sigaction(SIGXFSZ, &action, NULL);
}

/* The next file opened would take the number over, and messages would be written into it. Opened
 * the wrong way round, it fails as a closed one does. */
void cli_fill_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

static int stop(void *context)
{
    (void)context;
    return stop_asked;
}

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void clear(void)
{
    if (bar.shown) {
        (void)fprintf(stderr, "\r\033[K");
        bar.shown = 0;
    }
}

static void draw(size_t done, size_t total, double elapsed_s)
{
    const double share = total > 0 ? (double)done / (double)total : 0.0;
    const double rate = elapsed_s > 0.0 ? (double)(done - bar.first) / elapsed_s : 0.0;
    const double left_s = rate > 0.0 ? (double)(total - done) / rate : 0.0;
    char fill[BAR_WIDTH + 1];
    for (size_t i = 0; i < BAR_WIDTH; i++) {
        fill[i] = (double)i < share * BAR_WIDTH ? '#' : '.';
    }
    fill[BAR_WIDTH] = '\0';
    const int eta = (int)(left_s + 0.5);
    (void)fprintf(stderr, "\r\033[K[%s] %3.0f %%  %.4g/s  ETA %d:%02d  %s", fill, 100.0 * share,
                  rate, eta / 60, eta % 60, bar.what);
    (void)fflush(stderr);
    bar.shown = 1;
}

static void progress(void *context, const char *what, size_t done, size_t total)
{
    (void)context;
    if (bar.quiet || !isatty(STDERR_FILENO)) {
        return;
    }
    const double now = now_s();
    if (strncmp(bar.what, what, sizeof bar.what - 1) != 0) {
        (void)snprintf(bar.what, sizeof bar.what, "%s", what);
        bar.begun_s = now;
        bar.first = done;
    }
    const double elapsed_s = now - bar.begun_s;
    if (elapsed_s >= SHOW_AFTER_S && now - bar.drawn_s >= REDRAW_EVERY_S && done < total) {
        bar.drawn_s = now;
        draw(done, total, elapsed_s);
    }
    if (done >= total) {
        clear();
    }
}

static void notice(void *context, const char *line)
{
    (void)context;
    if (!bar.quiet) {
        clear();
        (void)fprintf(stderr, "titrate: %s\n", line);
    }
}

titr_watch cli_watch(const cli_args *args)
{
    bar.quiet = args->quiet;
    return (titr_watch){.progress = progress, .notice = notice, .stop = stop};
}

void cli_watch_end(void)
{
    clear();
}

int cli_fail(titr_status status, const titr_error *err)
{
    clear();
    (void)fprintf(stderr, "titrate: %s\n",
                  err->what[0] != '\0' ? err->what : titr_status_str(status));
    switch (status) {
    case TITR_ERR_STOPPED:
        return CLI_STOPPED;
    case TITR_ERR_CONFIG:
    case TITR_ERR_RANGE:
    case TITR_ERR_NOT_FOUND:
    case TITR_ERR_ARG:
        return CLI_BAD_INPUT;
    default:
        return CLI_FAILED;
    }
}
