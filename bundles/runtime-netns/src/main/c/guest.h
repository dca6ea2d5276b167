// SPDX-License-Identifier: Apache-2.0
// Shared by the parts of violin-guest, the launcher of namespace guests. See ../../../README.md.
#ifndef VIOLIN_GUEST_H
#define VIOLIN_GUEST_H

#define _GNU_SOURCE
#include <stddef.h>
#include <sys/types.h>

#define MOST_JOINS 8

// One running guest as the caller names it: its first process and that process's start time (field 22 of /proc/PID/stat).
struct target {
    pid_t pid;
    unsigned long long start;
};

// Prints "violin-guest: WHAT: ERRNO TEXT" and exits with status 125.
void die(const char *what, ...) __attribute__((noreturn, format(printf, 1, 2)));

// Writes a whole short text to an existing file; -1 with errno on failure.
int put(const char *path, const char *text);

// The start time of a process in clock ticks since boot, or 0 when there is none.
unsigned long long start_time(pid_t pid);

// Moves the calling process to the cgroups whose cgroup.procs files are named. Ends the program on failure.
void join_all(char *const *joins, int count);

// Takes all rights that a guest must not have: capability bounding set, no_new_privs, seccomp filter, core dumps. Cannot be undone.
void confine(void);

// Gives up all capabilities of the calling process.
void disarm(void);

// Replaces the arguments that /proc/PID/cmdline shows, which are those of the host, by one name. Copy them first.
void hide(const char *name);

int start_command(int argc, char **argv);
int exec_command(int argc, char **argv);
int check_command(void);

#endif
