// SPDX-License-Identifier: Apache-2.0
// violin-guest: starts guests in namespaces of their own and runs programs in them. Called by the Java side of this bundle only.
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

void die(const char *what, ...) {
    int error = errno;
    va_list more;
    va_start(more, what);
    fputs("violin-guest: ", stderr);
    vfprintf(stderr, what, more);
    va_end(more);
    fprintf(stderr, ": %s\n", strerror(error));
    exit(125);
}

int put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t n = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return n < 0 ? -1 : 0;
}

unsigned long long start_time(pid_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int) pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = 0;
    char *at = strrchr(text, ')'); // the name in brackets may hold anything; field 3 follows it
    for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
    return at ? strtoull(at, NULL, 10) : 0;
}

void join_all(char *const *joins, int count) {
    for (int i = 0; i < count; i++) {
        if (put(joins[i], "0")) die("join cgroup %s", joins[i]);
    }
}

static int words;
static char **line;

void hide(const char *name) {
    size_t room = strlen(line[0]);
    for (int i = 0; i < words; i++) memset(line[i], 0, strlen(line[i]));
    strncpy(line[0], name, room);
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

int main(int argc, char **argv) {
    words = argc;
    line = argv;
    if (argc >= 2 && !strcmp(argv[1], "start")) return start_command(argc - 1, argv + 1);
    if (argc >= 2 && !strcmp(argv[1], "exec")) return exec_command(argc - 1, argv + 1);
    if (argc >= 2 && !strcmp(argv[1], "check")) return check_command();
    fputs("usage: violin-guest check\n"
          "       violin-guest start --name HOST --hosts FILE --skeleton DIR [--forward] [--join CGROUP.PROCS]... FOLDER\n"
          "       violin-guest exec --pid PID --start TICKS [--join CGROUP.PROCS]... [--tty ROWS COLUMNS] -- COMMAND...\n", stderr);
    return 125;
}
