// SPDX-License-Identifier: Apache-2.0
// What a guest must not do although it is root in its own user namespace.
#include "guest.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "violin-guest: add this machine's AUDIT_ARCH"
#endif

// Rights over the one kernel that all share. In a user namespace most mean nothing; gone is gone.
static const int dropped[] = {
    CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_BOOT, CAP_SYS_TIME, CAP_SYSLOG, CAP_WAKE_ALARM, CAP_BLOCK_SUSPEND, CAP_AUDIT_CONTROL,
    CAP_AUDIT_READ, CAP_AUDIT_WRITE, CAP_MAC_ADMIN, CAP_MAC_OVERRIDE, CAP_LINUX_IMMUTABLE, CAP_SYS_PACCT, CAP_MKNOD,
    CAP_DAC_READ_SEARCH, 38 /* PERFMON */, 39 /* BPF */, 40 /* CHECKPOINT_RESTORE */,
};

// Calls that reach kernel-wide state or large, seldom needed parts of the kernel.
static const int refused[] = {
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_bpf, SYS_open_by_handle_at, SYS_keyctl, SYS_add_key,
    SYS_request_key, SYS_userfaultfd, SYS_perf_event_open, SYS_syslog, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl,
    SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_vhangup, SYS_lookup_dcookie,
    425 /* io_uring_setup */, 426 /* io_uring_enter */, 427 /* io_uring_register */, 443 /* quotactl_fd */,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm,
#endif
};

// Socket families that belong to a network namespace. Others (vsock reaches the machine's hypervisor) lead out of the violin.
static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_KEY, 28 /* AF_MPLS */, 44 /* AF_XDP */};

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))

static void filter(void) {
    struct sock_filter code[16 + 2 * COUNT(refused) + 2 * COUNT(families)];
    unsigned short n = 0;
    code[n++] = (struct sock_filter) LOAD(arch);
    code[n++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    code[n++] = (struct sock_filter) RETURN(SECCOMP_RET_ERRNO | ENOSYS);
    code[n++] = (struct sock_filter) LOAD(nr);
    code[n++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1); // the x32 calls
    code[n++] = (struct sock_filter) RETURN(SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < COUNT(refused); i++) {
        code[n++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned) refused[i], 0, 1);
        code[n++] = (struct sock_filter) RETURN(SECCOMP_RET_ERRNO | EPERM);
    }
    code[n++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0);
    code[n++] = (struct sock_filter) RETURN(SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter) LOAD(args[0]);
    for (size_t i = 0; i < COUNT(families); i++) {
        code[n++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned) families[i], 0, 1);
        code[n++] = (struct sock_filter) RETURN(SECCOMP_RET_ALLOW);
    }
    code[n++] = (struct sock_filter) RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    struct sock_fprog program = {n, code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0)) die("seccomp filter");
}

void disarm(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    if (syscall(SYS_capset, &header, none)) die("capset");
}

void confine(void) {
    struct rlimit core = {1, 1}; // 1, not 0: also keeps a piped core_pattern of the host from running (core(5))
    if (setrlimit(RLIMIT_CORE, &core)) die("RLIMIT_CORE");
    for (size_t i = 0; i < COUNT(dropped); i++) {
        if (prctl(PR_CAPBSET_DROP, dropped[i], 0, 0, 0) && errno != EINVAL) die("drop capability %d", dropped[i]);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) die("no_new_privs");
    filter();
}
