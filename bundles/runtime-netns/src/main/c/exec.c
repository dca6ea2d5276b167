// SPDX-License-Identifier: Apache-2.0
// Running a program in a guest. Three processes: the pump, outside the guest's PID namespace, carries bytes between the caller's
// descriptors and the program's, so that a daemon left behind holds none of the caller's; the keeper, inside, is parent of the program and
// of its orphans and kills them all when the pump is gone; the program. When the program ends by itself, its daemons stay.
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC)
#define BUFFER 65536

struct flow {
    int from, to; // -1 when closed
    size_t at, length;
    char bytes[BUFFER];
};

static struct flow in, out, err;
static int terminal;

static void enter(const struct target *target) {
    int fd = (int) syscall(SYS_pidfd_open, target->pid, 0);
    if (fd < 0 || start_time(target->pid) != target->start) {
        errno = ESRCH;
        die("guest's process %d", (int) target->pid);
    }
    if (setns(fd, SPACES)) die("enter the guest");
    close(fd);
    if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0)) die("become the guest's root");
    umask(022);
    if (chdir("/root") && chdir("/")) die("chdir /");
}

static void program(char **command, const int *ends) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // A container that a shell started in the background ignores SIGINT and SIGQUIT; its guests' programs must not.
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    setsid();
    for (int fd = 0; fd < 3; fd++) {
        if (dup2(ends[fd], fd) < 0) _exit(125);
    }
    if (terminal) ioctl(0, TIOCSCTTY, 0);
    syscall(SYS_close_range, 3u, ~0u, 0u);
    execvp(command[0], command);
    int missing = errno == ENOENT || errno == ENOTDIR;
    fprintf(stderr, "%s: %s\n", command[0], missing ? "command not found" : strerror(errno));
    _exit(missing ? 127 : 126);
}

static void kill_children(void) {
    char path[64], text[8192];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int) getpid());
    for (int round = 0; round < 100000; round++) {
        pid_t dead;
        do dead = waitpid(-1, NULL, WNOHANG);
        while (dead > 0);
        if (dead < 0) return; // none left
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
        if (fd >= 0) close(fd);
        if (n <= 0) {
            kill(-1, SIGKILL); // no such list in this kernel: everything in the guest but process 1 and us
            return;
        }
        text[n] = 0;
        if (n == sizeof text - 1) *strrchr(text, ' ') = 0;
        for (char *at = text, *end; ; at = end) {
            long pid = strtol(at, &end, 10);
            if (end == at) break;
            kill((pid_t) pid, SIGKILL);
        }
        waitpid(-1, NULL, 0);
    }
}

// Returns the wait status of the program. The line's other end is held by the pump only.
static void keep(char **command, const int *ends, int line) {
    sigset_t child;
    int status;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)) die("keeper");
    confine();
    pid_t main_pid = fork();
    if (main_pid < 0) die("fork");
    if (!main_pid) program(command, ends);
    for (int i = 0; i < 3; i++) close(ends[i]);
    for (;;) {
        struct pollfd wait[2] = {{.fd = signals, .events = POLLIN}, {.fd = line, .events = POLLIN}};
        struct signalfd_siginfo info;
        pid_t pid;
        poll(wait, 2, -1);
        if (wait[1].revents) {
            kill_children();
            _exit(0);
        }
        while (read(signals, &info, sizeof info) > 0) {}
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
            if (pid != main_pid) continue;
            if (write(line, &status, sizeof status) < 0) _exit(1);
            _exit(0);
        }
    }
}

static void shut(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void end_flow(struct flow *flow) {
    if (terminal && flow == &in && flow->to >= 0) {
        char eof = 4; // what the terminal's reader takes for the end (VEOF)
        if (write(flow->to, &eof, 1) < 0) errno = 0;
        flow->to = -1; // the master stays open for reading
    } else if (flow == &in) {
        shut(&flow->to);
    }
    if (flow == &in || !terminal) shut(&flow->from);
    else flow->from = -1;
}

// Moves what can be moved without waiting. Returns 0 when nothing moved.
static int move(struct flow *flow) {
    ssize_t n;
    if (flow->from < 0) return 0;
    if (!flow->length) {
        n = read(flow->from, flow->bytes, BUFFER);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
        if (n <= 0) {
            end_flow(flow); // end of file, or EIO of a terminal that nobody holds any more
            return 0;
        }
        flow->at = 0;
        flow->length = (size_t) n;
    }
    if (flow->to < 0) {
        flow->length = 0; // nobody listens: throw away, so that the program is not stopped by a full pipe
        return 1;
    }
    n = write(flow->to, flow->bytes + flow->at, flow->length);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (n < 0) {
        if (flow == &in) end_flow(flow);
        else flow->to = -1;
        flow->length = 0;
        return 1;
    }
    flow->at += (size_t) n;
    flow->length -= (size_t) n;
    return 1;
}

static void want(struct pollfd *poll, const struct flow *flow) {
    poll->fd = flow->from < 0 ? -1 : flow->length ? flow->to : flow->from;
    poll->events = flow->length ? POLLOUT : POLLIN;
}

// After the program's end: hands over what it wrote, waiting for the reader but not for daemons that still hold the pipe.
static void flush(struct flow *flow) {
    while (flow->from >= 0 && flow->to >= 0) {
        if (move(flow)) continue;
        if (!flow->length) return;
        struct pollfd wait = {.fd = flow->to, .events = POLLOUT};
        if (poll(&wait, 1, -1) > 0 && wait.revents & POLLERR) return;
    }
}

static int pump(int line, int signals) {
    int status = 0;
    for (;;) {
        struct pollfd wait[7] = {{.fd = line, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        want(&wait[2], &in);
        want(&wait[3], &out);
        want(&wait[4], &err);
        wait[5].fd = out.to; // events 0: only POLLERR, the caller has gone
        wait[6].fd = err.to;
        poll(wait, 7, -1);
        if (wait[5].revents & POLLERR) out.to = -1;
        if (wait[6].revents & POLLERR) err.to = -1;
        int over = wait[1].revents || (out.to < 0 && err.to < 0);
        if (over || (wait[0].revents && read(line, &status, sizeof status) != sizeof status)) {
            shut(&line); // the keeper kills the program and all below it
            return 128 + SIGTERM;
        }
        if (wait[0].revents) {
            flush(&out);
            flush(&err);
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
        if (wait[2].revents) move(&in);
        if (wait[3].revents) move(&out);
        if (wait[4].revents) move(&err);
    }
}

static void open_terminal(unsigned short rows, unsigned short columns, int *ends) {
    int unlock = 0;
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock)) die("open the guest's /dev/ptmx");
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) die("open the terminal");
    if (rows && columns) ioctl(master, TIOCSWINSZ, &size);
    ends[0] = ends[1] = ends[2] = slave;
    in.to = out.from = master;
    err.from = -1;
}

static void open_pipes(int *ends) {
    int pair[2];
    for (int i = 0; i < 3; i++) {
        if (pipe2(pair, O_CLOEXEC)) die("pipe");
        int ours = i ? pair[0] : pair[1];
        ends[i] = i ? pair[1] : pair[0];
        fcntl(ours, F_SETFL, O_NONBLOCK);
        *(i == 0 ? &in.to : i == 1 ? &out.from : &err.from) = ours;
    }
}

int exec_command(int argc, char **argv) {
    struct target target = {0};
    char *joins[MOST_JOINS];
    int join_count = 0, i = 1, ends[3], line[2];
    unsigned short rows = 0, columns = 0;
    for (; i < argc && strcmp(argv[i], "--"); i++) {
        if (!strcmp(argv[i], "--pid") && i + 1 < argc) target.pid = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--start") && i + 1 < argc) target.start = strtoull(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--join") && i + 1 < argc && join_count < MOST_JOINS) joins[join_count++] = argv[++i];
        else if (!strcmp(argv[i], "--tty") && i + 2 < argc) {
            terminal = 1;
            rows = (unsigned short) atoi(argv[++i]);
            columns = (unsigned short) atoi(argv[++i]);
        }
    }
    errno = EINVAL;
    if (++i >= argc || target.pid <= 0) die("exec: missing argument");
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &ending, NULL);
    signal(SIGPIPE, SIG_IGN);
    join_all(joins, join_count);
    setsid();
    enter(&target);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line)) die("socketpair");
    if (terminal) open_terminal(rows, columns, ends);
    else open_pipes(ends);
    pid_t keeper = fork();
    if (keeper < 0) die("fork");
    if (!keeper) {
        close(line[0]);
        if (in.to >= 0) close(in.to);
        if (!terminal) {
            close(out.from);
            close(err.from);
        }
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (int fd = 0; fd < 3; fd++) dup2(null, fd);
        char **command = calloc((size_t) (argc - i) + 1, sizeof *command);
        for (int word = i; command && word < argc; word++) command[word - i] = strdup(argv[word]);
        hide("violin-exec");
        keep(command, ends, line[1]);
    }
    close(line[1]);
    for (int fd = 0; fd < 3; fd++) {
        if (fd == 0 || !terminal) close(ends[fd]);
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    in.from = 0;
    out.to = 1;
    err.to = 2;
    int signals = signalfd(-1, &ending, SFD_CLOEXEC);
    int status = pump(line[0], signals);
    waitpid(keeper, NULL, 0);
    return status;
}
