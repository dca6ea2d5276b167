// SPDX-License-Identifier: Apache-2.0
// A long and lossy wire between two Ethernet devices, for kernels without netem.
//   impair DEVICE DEVICE DELAY_MICROSECONDS LOSS_PER_MILLION SEED
// Each direction has a thread, a delay line of at most SLOTS packets and a generator of its own: every packet is dropped by
// itself with the given probability, the others leave DELAY later, in order. A packet that finds the line full is dropped and
// counted as overflow; one that the far device does not take, as refused. On SIGTERM or SIGINT it prints one line per
// direction: "DEVICE in N lost N overflow N refused N largest BYTES".
// Checksums that the sender left to the hardware travel along (PACKET_VNET_HDR), so nothing is computed here. Super-frames
// would be delayed or lost as one: the caller switches segmentation offloads off; "largest" shows whether that held.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// 16384 packets of 1500 bytes are 10 ms at nearly 20 Gbit/s.
enum { SLOTS = 16384, ROOM = 9216, BATCH = 64, VNET = 10 };

struct way {
    const char *name;
    int from, to;
    uint64_t random, taken, lost, overflow, refused, largest;
    unsigned head, tail; // tail: oldest; both run freely, a slot is the number modulo SLOTS
    unsigned char (*data)[ROOM];
    int size[SLOTS];
    int64_t due[SLOTS];
};

static struct way ways[2];
static int64_t delay_ns;
static uint64_t loss_limit; // of 2^32
static volatile sig_atomic_t ended;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

// xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016.
static uint32_t draw(struct way *w) {
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return w->random * 2685821657736338717ULL >> 32;
}

static int open_device(const char *name) {
    int one = 1, big = 64 << 20, s = socket(AF_PACKET, SOCK_RAW, 0);
    struct sockaddr_ll here = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(name)};
    struct packet_mreq all = {.mr_ifindex = here.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    if (s < 0 || !here.sll_ifindex) die(name);
    if (setsockopt(s, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one)) die("PACKET_VNET_HDR");
    if (setsockopt(s, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one)) die("PACKET_IGNORE_OUTGOING");
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big);
    setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof big);
    if (setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all)) die("promiscuous mode");
    if (bind(s, (void *)&here, sizeof here)) die("bind");
    return s;
}

static void prepare(struct mmsghdr *m, struct iovec *piece, void *data, int size) {
    *piece = (struct iovec){data, size};
    memset(m, 0, sizeof *m);
    m->msg_hdr.msg_iov = piece;
    m->msg_hdr.msg_iovlen = 1;
}

// Takes what waits at the device into free slots; without a free slot into one that is never sent. Returns how many.
static int take(struct way *w) {
    static __thread unsigned char spill[ROOM];
    struct mmsghdr in[BATCH];
    struct iovec pieces[BATCH];
    unsigned room = SLOTS - (w->head - w->tail), count = room ? (room < BATCH ? room : BATCH) : 1;
    for (unsigned i = 0; i < count; i++) prepare(&in[i], &pieces[i], room ? w->data[(w->head + i) % SLOTS] : spill, ROOM);
    int n = recvmmsg(w->from, in, count, MSG_DONTWAIT, 0);
    if (n <= 0) return 0;
    w->taken += n;
    if (!room) {
        w->overflow += n;
        return n;
    }
    int64_t due = now() + delay_ns;
    for (int i = 0; i < n; i++) {
        unsigned slot = (w->head + i) % SLOTS;
        w->size[slot] = in[i].msg_len;
        w->due[slot] = due;
        if (in[i].msg_len > w->largest + VNET) w->largest = in[i].msg_len - VNET;
        if (in[i].msg_hdr.msg_flags & MSG_TRUNC) {
            w->size[slot] = 0;
            w->refused++;
        } else if (draw(w) < loss_limit) {
            w->size[slot] = 0; // stays in the line without bytes, so that order needs no thought
            w->lost++;
        }
    }
    w->head += n;
    return n;
}

// Sends what is due.
static void give(struct way *w) {
    struct mmsghdr out[BATCH];
    struct iovec pieces[BATCH];
    int64_t time = now();
    while (w->tail != w->head && w->due[w->tail % SLOTS] <= time) {
        unsigned count = 0;
        while (count < BATCH && w->tail != w->head && w->due[w->tail % SLOTS] <= time) {
            unsigned slot = w->tail++ % SLOTS;
            if (!w->size[slot]) continue;
            prepare(&out[count], &pieces[count], w->data[slot], w->size[slot]);
            count++;
        }
        for (unsigned done = 0; done < count;) {
            int n = sendmmsg(w->to, out + done, count - done, 0);
            if (n <= 0) w->refused++;
            done += n > 0 ? n : 1;
        }
    }
}

static void *run(void *of) {
    struct way *w = of;
    while (!ended) {
        struct pollfd wait = {w->from, POLLIN, 0};
        int64_t rest = w->tail == w->head ? 100000000 : w->due[w->tail % SLOTS] - now();
        if (rest < 0) rest = 0;
        struct timespec time = {0, rest < 100000000 ? rest : 100000000};
        if (ppoll(&wait, 1, &time, 0) < 0 && errno != EINTR) die("ppoll");
        for (int more = 4; more && take(w) == BATCH; more--) continue;
        give(w);
    }
    return 0;
}

static void end(int number) {
    (void)number;
    ended = 1;
}

int main(int count, char **word) {
    pthread_t threads[2];
    if (count != 6) {
        fprintf(stderr, "impair DEVICE DEVICE DELAY_MICROSECONDS LOSS_PER_MILLION SEED\n");
        return 2;
    }
    delay_ns = atoll(word[3]) * 1000;
    loss_limit = (uint64_t)(atof(word[4]) * 4294967296.0 / 1e6);
    int a = open_device(word[1]), b = open_device(word[2]);
    struct sigaction on_end = {.sa_handler = end};
    sigaction(SIGTERM, &on_end, 0);
    sigaction(SIGINT, &on_end, 0);
    for (int i = 0; i < 2; i++) {
        struct way *w = &ways[i];
        w->name = word[1 + i];
        w->from = i ? b : a;
        w->to = i ? a : b;
        w->random = (strtoull(word[5], 0, 10) * 2 + i + 1) * 0x9e3779b97f4a7c15u;
        w->data = malloc((size_t)SLOTS * ROOM); // touched only as far as the line fills
        if (!w->data) die("memory");
        if (pthread_create(&threads[i], 0, run, w)) die("thread");
    }
    puts("ready");
    fflush(stdout);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
    for (int i = 0; i < 2; i++) {
        struct way *w = &ways[i];
        printf("%s in %llu lost %llu overflow %llu refused %llu largest %llu\n", w->name, (unsigned long long)w->taken, (unsigned long long)w->lost,
            (unsigned long long)w->overflow, (unsigned long long)w->refused, (unsigned long long)w->largest);
    }
    return 0;
}
