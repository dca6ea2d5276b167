// SPDX-License-Identifier: Apache-2.0
// Starting a guest. The caller's process ("outside") keeps the host's rights and builds the guest's file tree in a mount namespace
// of its own; the clone ("inside") becomes process 1. Last, the inside copies the mount namespace: the copy belongs to its user
// namespace, so the kernel locks every mount in it (mount_namespaces(7)) and nothing of the host's tree is in it to be uncovered.
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

// sys/mount.h and linux/mount.h cannot be included together in older libc headers.
int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);
#define RDONLY 1UL
#define NOSUID 2UL
#define NODEV 4UL
#define NOEXEC 8UL
#define REMOUNT 32UL
#define BIND 4096UL
#define REC 16384UL
#define PRIVATE (1UL << 18)
#define DETACH 2

// No cgroup namespace: with one, root inside could mount the host's cgroup tree and read who else is there.
#define SPACES (CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC)
#define IDS 65536u
#define FIRST_ID 0x10000000u
#define RANGES 16384u
// Any directory that every host has: in the launcher's own mount namespace a scratch file system covers it.
#define STAGE "/tmp"

struct wish {
    const char *name, *hosts, *skeleton, *folder;
    int forward;
    char *joins[MOST_JOINS];
    int join_count;
};

static pid_t inside_pid;

static void kill_inside(void) {
    if (inside_pid > 0) kill(inside_pid, SIGKILL);
}

static pid_t fork_into(unsigned long spaces) {
    return (pid_t) syscall(SYS_clone, spaces | SIGCHLD, 0, 0, 0, 0);
}

static void set(const char *key, const char *value) {
    char path[128];
    snprintf(path, sizeof path, "/proc/sys/net/%s", key);
    if (put(path, value) && errno != ENOENT) die("sysctl %s", key);
}

static void loopback_up(void) {
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request)) die("lo up");
    close(fd);
}

// Addresses come from the spec and are unique by construction: no router discovery, no duplicate address detection.
static void network_defaults(int forward) {
    static const char *const which[] = {"all", "default"};
    char key[64];
    for (int i = 0; i < 2; i++) {
        snprintf(key, sizeof key, "ipv6/conf/%s/accept_ra", which[i]);
        set(key, "0");
        snprintf(key, sizeof key, "ipv6/conf/%s/autoconf", which[i]);
        set(key, "0");
        snprintf(key, sizeof key, "ipv6/conf/%s/accept_dad", which[i]);
        set(key, "0");
        snprintf(key, sizeof key, "ipv6/conf/%s/dad_transmits", which[i]);
        set(key, "0");
        snprintf(key, sizeof key, "ipv6/conf/%s/router_solicitations", which[i]);
        set(key, "0");
        snprintf(key, sizeof key, "ipv4/conf/%s/rp_filter", which[i]);
        set(key, "0");
        snprintf(key, sizeof key, "ipv6/conf/%s/forwarding", which[i]);
        if (forward) set(key, "1");
    }
    if (forward) set("ipv4/ip_forward", "1");
    set("ipv4/ping_group_range", "0 65535");
    loopback_up();
}

// Process 1: adopts and reaps orphans, ignores all else, ends only by SIGKILL from outside.
static void reap(void) __attribute__((noreturn));
static void reap(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        int signal;
        sigwait(&child, &signal);
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
    }
}

static void inside(const struct wish *wish, int line) {
    char go;
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    if (read(line, &go, 1) != 1) _exit(125); // the outside failed and has said why
    if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0)) die("become the guest's root");
    umask(022);
    network_defaults(wish->forward);
    if (sethostname(wish->name, strlen(wish->name))) die("hostname %s", wish->name);
    if (unshare(CLONE_NEWNS)) die("lock the mounts");
    if (chdir("/")) die("chdir /");
    if (setsid() < 0) die("setsid");
    confine();
    int null = open("/dev/null", O_RDWR);
    if (null < 0) die("/dev/null");
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    if (write(line, "r", 1) != 1) _exit(125);
    if (syscall(SYS_close_range, 3u, ~0u, 0u)) {
        for (int fd = 3; fd < 1024; fd++) close(fd);
    }
    disarm();
    reap();
}

// A private copy of a host directory, read-only; owners mapped so that the host's ids 0..65535 are the guest's, where the file system can.
static int lower(const char *path, int user_fd) {
    int fd = (int) syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (fd < 0) die("open_tree %s", path);
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_IDMAP, .userns_fd = (unsigned) user_fd};
    if (syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof attr)) {
        attr.attr_set &= ~(__u64) MOUNT_ATTR_IDMAP;
        attr.userns_fd = 0;
        if (syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof attr)) die("mount_setattr %s", path);
    }
    return fd;
}

static void attach(int fd, const char *path) {
    if (syscall(SYS_move_mount, fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH)) die("move_mount %s", path);
    close(fd);
}

static void must_mkdir(const char *path, mode_t mode) {
    if (mkdir(path, mode)) die("mkdir %s", path);
}

static void must_mount(const char *type, const char *path, unsigned long flags, const char *options) {
    if (mount(type, path, type, flags, options)) die("mount %s on %s (%s)", type, path, options ? options : "");
}

// Upper and work folders are relative to the guest's folder, the working directory.
static void overlay(const char *lower_path, const char *upper, const char *work, const char *path, uid_t root) {
    char options[256];
    must_mkdir(upper, 0755);
    must_mkdir(work, 0755);
    if (chown(upper, root, root)) die("chown %s", upper);
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s,volatile", lower_path, upper, work);
    if (!mount("overlay", path, "overlay", NODEV, options)) return;
    if (errno != EINVAL) die("mount overlay on %s", path);
    options[strlen(options) - strlen(",volatile")] = 0; // kernels before 5.10
    must_mount("overlay", path, NODEV, options);
}

static void device(const char *name, unsigned major, unsigned minor) {
    char path[64];
    snprintf(path, sizeof path, STAGE "/root/dev/%s", name);
    if (mknod(path, S_IFCHR | 0666, makedev(major, minor))) die("mknod %s", path);
}

static void link_device(const char *to, const char *name) {
    char path[64];
    snprintf(path, sizeof path, STAGE "/root/dev/%s", name);
    if (symlink(to, path)) die("symlink %s", path);
}

static void devices(uid_t root) {
    char options[128];
    snprintf(options, sizeof options, "mode=755,uid=%u,gid=%u,size=1m,nr_inodes=1024", root, root);
    must_mount("tmpfs", STAGE "/root/dev", NOSUID | NOEXEC, options);
    device("null", 1, 3);
    device("zero", 1, 5);
    device("full", 1, 7);
    device("random", 1, 8);
    device("urandom", 1, 9);
    device("tty", 5, 0);
    must_mkdir(STAGE "/root/dev/net", 0755);
    device("net/tun", 10, 200);
    link_device("pts/ptmx", "ptmx");
    link_device("/proc/self/fd", "fd");
    link_device("/proc/self/fd/0", "stdin");
    link_device("/proc/self/fd/1", "stdout");
    link_device("/proc/self/fd/2", "stderr");
    must_mkdir(STAGE "/root/dev/pts", 0755);
    must_mkdir(STAGE "/root/dev/shm", 01777);
    snprintf(options, sizeof options, "newinstance,ptmxmode=0666,mode=0620,gid=%u", root + 5);
    must_mount("devpts", STAGE "/root/dev/pts", NOSUID | NOEXEC, options);
    snprintf(options, sizeof options, "mode=1777,uid=%u,gid=%u,size=64m", root, root);
    must_mount("tmpfs", STAGE "/root/dev/shm", NOSUID | NODEV, options);
}

static int space(pid_t pid, const char *kind) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", (int) pid, kind);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) die("open %s", path);
    return fd;
}

// proc shows the PID namespace of the process that mounts it, so a short-lived member of the guest's does it.
static void mount_proc(int pid_fd) {
    int status;
    if (setns(pid_fd, CLONE_NEWPID)) die("enter the guest's PID namespace");
    pid_t helper = fork();
    if (helper < 0) die("fork");
    if (!helper) {
        inside_pid = 0; // a number of another PID namespace from here on
        must_mount("proc", STAGE "/root/proc", NOSUID | NODEV | NOEXEC, NULL);
        _exit(0);
    }
    if (waitpid(helper, &status, 0) < 0 || status) {
        kill_inside();
        exit(125);
    }
}

static void build(const struct wish *wish, uid_t root) {
    int user_fd = space(inside_pid, "user"), net_fd = space(inside_pid, "net"), pid_fd = space(inside_pid, "pid");
    int usr = lower("/usr", user_fd), skeleton = lower(wish->skeleton, user_fd);
    int hosts = (int) syscall(SYS_open_tree, AT_FDCWD, wish->hosts, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (hosts < 0) die("open_tree %s", wish->hosts);
    must_mount("tmpfs", STAGE, NOSUID | NODEV, "mode=755,size=1m");
    must_mkdir(STAGE "/a", 0755);
    must_mkdir(STAGE "/b", 0755);
    must_mkdir(STAGE "/root", 0755);
    attach(skeleton, STAGE "/a");
    attach(usr, STAGE "/b");
    must_mkdir("rw", 0711);
    overlay(STAGE "/a", "rw/root", "rw/root-work", STAGE "/root", root);
    overlay(STAGE "/b", "rw/usr", "rw/usr-work", STAGE "/root/usr", root);
    attach(hosts, STAGE "/root/etc/hosts");
    if (mount(NULL, STAGE "/root/etc/hosts", NULL, REMOUNT | BIND | RDONLY | NOSUID | NODEV | NOEXEC, NULL)) die("protect /etc/hosts");
    devices(root);
    if (setns(net_fd, CLONE_NEWNET)) die("enter the guest's network namespace");
    must_mount("sysfs", STAGE "/root/sys", RDONLY | NOSUID | NODEV | NOEXEC, NULL);
    mount_proc(pid_fd);
    if (chdir(STAGE "/root") || syscall(SYS_pivot_root, ".", ".") || umount2(".", DETACH) || chdir("/")) die("pivot_root");
}

static void map_ids(const char *kind, uid_t root) {
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/%d/%s_map", (int) inside_pid, kind);
    snprintf(text, sizeof text, "0 %u %u", root, IDS);
    if (put(path, text)) die("%s", path);
}

// The record that lets a later container find the guest again; written before the guest can run anything.
static void record(pid_t pid) {
    char text[64];
    int length = snprintf(text, sizeof text, "%d %llu\n", (int) pid, start_time(pid));
    int fd = open("pid.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, (size_t) length) != length || close(fd) || rename("pid.new", "pid")) die("write pid");
    if (write(1, text, (size_t) length) != length) die("tell the pid");
}

static void parse(int argc, char **argv, struct wish *wish) {
    for (int i = 1; i < argc; i++) {
        int more = i + 1 < argc;
        if (!strcmp(argv[i], "--name") && more) wish->name = argv[++i];
        else if (!strcmp(argv[i], "--hosts") && more) wish->hosts = argv[++i];
        else if (!strcmp(argv[i], "--skeleton") && more) wish->skeleton = argv[++i];
        else if (!strcmp(argv[i], "--join") && more && wish->join_count < MOST_JOINS) wish->joins[wish->join_count++] = argv[++i];
        else if (!strcmp(argv[i], "--forward")) wish->forward = 1;
        else wish->folder = argv[i];
    }
    errno = EINVAL;
    if (!wish->name || !wish->hosts || !wish->skeleton || !wish->folder) die("start: missing argument");
}

int start_command(int argc, char **argv) {
    struct wish wish = {0};
    int line[2];
    char answer = 0;
    parse(argc, argv, &wish);
    umask(0);
    signal(SIGPIPE, SIG_IGN);
    join_all(wish.joins, wish.join_count);
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, REC | PRIVATE, NULL)) die("mount namespace");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) || chdir("/")) die("socketpair");
    inside_pid = fork_into(SPACES);
    if (inside_pid < 0) die("new namespaces");
    if (!inside_pid) {
        close(line[0]);
        wish.name = strdup(wish.name);
        hide("violin-init");
        inside(&wish, line[1]);
    }
    atexit(kill_inside);
    close(line[1]);
    uid_t root = FIRST_ID + (uid_t) inside_pid % RANGES * IDS;
    map_ids("uid", root);
    map_ids("gid", root);
    if (chdir(wish.folder)) die("chdir %s", wish.folder);
    record(inside_pid);
    build(&wish, root);
    if (write(line[0], "g", 1) != 1 || read(line[0], &answer, 1) != 1) return 125; // the inside has said why
    inside_pid = 0;
    return 0;
}

// Whether this kernel gives out all the namespaces, without starting anything.
int check_command(void) {
    int status;
    inside_pid = fork_into(SPACES | CLONE_NEWNS);
    if (inside_pid < 0) die("new namespaces");
    if (!inside_pid) _exit(0);
    return waitpid(inside_pid, &status, 0) < 0 || status;
}
