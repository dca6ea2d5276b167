// SPDX-License-Identifier: Apache-2.0
// Sends small UDP datagrams as fast as one core can, or counts what arrives.
//   flood send ADDRESS PORT BYTES FLOWS SECONDS   round robin over FLOWS source ports; prints datagrams handed to the kernel
//   flood sink PORT FLOWS SECONDS                 prints: received per second, received, damaged, flows seen
// The sink counts from its first to its last datagram and ends half a second after the last one, or after SECONDS without any.
// Each datagram carries flow and number, and a sum over both: a damaged one is counted apart. BYTES is at least 22, which
// makes an Ethernet frame of 64 bytes with its header and without check sequence.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, SINK_BATCH = 512, ROOM = 2048, LEAST = 22, MAX_FLOWS = 1024 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t sum(uint16_t flow, uint64_t number) {
    return (number + 1) * 0x9e3779b97f4a7c15u ^ (uint64_t)flow << 17;
}

// Layout: flow (2), number (8), sum (8), zeros.
static void fill(unsigned char *to, uint16_t flow, uint64_t number) {
    uint64_t check = sum(flow, number);
    memcpy(to, &flow, 2);
    memcpy(to + 2, &number, 8);
    memcpy(to + 10, &check, 8);
}

static int send_all(struct sockaddr_in to, int bytes, int flows, double seconds) {
    static unsigned char data[BATCH][ROOM];
    struct mmsghdr out[BATCH];
    struct iovec pieces[BATCH];
    int sockets[MAX_FLOWS];
    uint64_t sent = 0, number = 0;
    for (int f = 0; f < flows; f++) {
        int big = 4 << 20;
        sockets[f] = socket(AF_INET, SOCK_DGRAM, 0);
        if (sockets[f] < 0 || connect(sockets[f], (void *)&to, sizeof to)) die("flood send");
        setsockopt(sockets[f], SOL_SOCKET, SO_SNDBUF, &big, sizeof big);
    }
    memset(out, 0, sizeof out);
    for (int i = 0; i < BATCH; i++) {
        pieces[i] = (struct iovec){data[i], bytes};
        out[i].msg_hdr.msg_iov = &pieces[i];
        out[i].msg_hdr.msg_iovlen = 1;
    }
    // Several flows: a few of each in turn, as many senders at once would look on the wire.
    int burst = flows == 1 ? BATCH : 1;
    for (double end = now() + seconds; now() < end;) {
        for (int f = 0; f < flows; f++, number += burst) {
            for (int i = 0; i < burst; i++) fill(data[i], f, number + i);
            int n = sendmmsg(sockets[f], out, burst, 0);
            if (n > 0) sent += n; // ENOBUFS and the like: the datagram is lost, as in a full queue
        }
    }
    printf("%llu\n", (unsigned long long)sent);
    return 0;
}

static int sink(int port, int flows, double seconds) {
    static unsigned char data[SINK_BATCH][ROOM];
    static unsigned char seen[MAX_FLOWS];
    static struct mmsghdr in[SINK_BATCH];
    static struct iovec pieces[SINK_BATCH];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    int big = 64 << 20, flow_count = 0, s = socket(AF_INET, SOCK_DGRAM, 0);
    uint64_t received = 0, damaged = 0;
    double first = 0, last = 0;
    if (setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big)) setsockopt(s, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    if (s < 0 || bind(s, (void *)&here, sizeof here)) die("flood sink");
    for (int i = 0; i < SINK_BATCH; i++) {
        pieces[i] = (struct iovec){data[i], ROOM};
        in[i].msg_hdr.msg_iov = &pieces[i];
        in[i].msg_hdr.msg_iovlen = 1;
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct pollfd wait = {s, POLLIN, 0};
        if (poll(&wait, 1, first ? 500 : (int)(seconds * 1000)) <= 0) break;
        int n = recvmmsg(s, in, SINK_BATCH, MSG_DONTWAIT, 0);
        if (n <= 0) continue;
        last = now();
        if (!first) first = last;
        received += n;
        for (int i = 0; i < n; i++) {
            uint16_t flow;
            uint64_t number, check;
            memcpy(&flow, data[i], 2);
            memcpy(&number, data[i] + 2, 8);
            memcpy(&check, data[i] + 10, 8);
            if (in[i].msg_len < LEAST || flow >= flows || check != sum(flow, number)) {
                damaged++;
            } else if (!seen[flow]) {
                seen[flow] = 1;
                flow_count++;
            }
        }
    }
    printf("%.0f %llu %llu %d\n", last > first ? received / (last - first) : 0, (unsigned long long)received, (unsigned long long)damaged, flow_count);
    return 0;
}

int main(int count, char **word) {
    if (count == 7 && !strcmp(word[1], "send")) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(word[3]))};
        int bytes = atoi(word[4]), flows = atoi(word[5]);
        if (inet_pton(AF_INET, word[2], &to.sin_addr) == 1 && bytes >= LEAST && bytes <= ROOM && flows >= 1 && flows <= MAX_FLOWS)
            return send_all(to, bytes, flows, atof(word[6]));
    } else if (count == 5 && !strcmp(word[1], "sink")) {
        int flows = atoi(word[3]);
        if (flows >= 1 && flows <= MAX_FLOWS) return sink(atoi(word[2]), flows, atof(word[4]));
    }
    fprintf(stderr, "flood send ADDRESS PORT BYTES(>=%d) FLOWS SECONDS, or: flood sink PORT FLOWS SECONDS\n", LEAST);
    return 2;
}
