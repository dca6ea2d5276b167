// SPDX-License-Identifier: Apache-2.0
// A numbered UDP flow, to see what is lost, doubled, reordered, and the longest silence.
//   numbered sink PORT                     prints "ready", counts until the flow's end mark comes, then one line of figures
//   numbered send ADDRESS PORT RATE FILE   RATE packets a second, of 64 to 1,400 bytes, until FILE exists, then the end mark
// A packet: magic (4 bytes), 0 or end mark (4), number (8, native order), filling whose bytes follow from the number.
// Called by run.sh beside this file.
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAGIC 0x4e554d31u
#define LEAST 64
#define MOST 1400
#define MAX_NUMBERS (1u << 26) // an hour and a half at 10,000 a second; a bit each

struct head {
    uint32_t magic, end;
    uint64_t number;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static int length_of(uint64_t number) { return LEAST + (int)((number * 2654435761u >> 7) % (MOST - LEAST)); }

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void fill(unsigned char *packet, uint64_t number, int length) {
    for (int i = sizeof(struct head); i < length; i++) packet[i] = (unsigned char)(number * 31 + i);
}

static int sink(int port) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 64 << 20;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own)) fail("bind");
    if (setsockopt(fd, SOL_SOCKET, 33 /* SO_RCVBUFFORCE */, &size, sizeof size)) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    struct timeval patience = {.tv_sec = 30};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    unsigned char *seen = calloc(MAX_NUMBERS / 8, 1), packet[MOST], wanted[MOST];
    uint64_t received = 0, doubled = 0, reordered = 0, damaged = 0, next = 0, sent = 0;
    double last = 0, gap = 0;
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        ssize_t length = recv(fd, packet, sizeof packet, 0);
        struct head *head = (struct head *)packet;
        if (length < 0 && errno == EAGAIN) break;
        if (length < (ssize_t)sizeof *head || head->magic != MAGIC) continue;
        if (head->end) {
            sent = head->number;
            break;
        }
        double t = now();
        if (last > 0 && t - last > gap) gap = t - last;
        last = t;
        uint64_t n = head->number;
        fill(wanted, n, length_of(n));
        if (n >= MAX_NUMBERS || length != length_of(n) || memcmp(packet + sizeof *head, wanted + sizeof *head, length - sizeof *head)) {
            damaged++;
            continue;
        }
        if (seen[n / 8] >> n % 8 & 1) {
            doubled++;
            continue;
        }
        seen[n / 8] |= 1 << n % 8;
        received++;
        if (n < next) reordered++;
        else next = n + 1;
    }
    if (!sent) sent = next;
    printf("sent %lu received %lu lost %lu doubled %lu reordered %lu damaged %lu gap_ms %.2f\n", sent, received, sent - received, doubled,
           reordered, damaged, gap * 1000);
    return 0;
}

static int sender(const char *address, int port, int rate, const char *until) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4 << 20;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    unsigned char packet[MOST];
    struct head *head = (struct head *)packet;
    setsockopt(fd, SOL_SOCKET, 32 /* SO_SNDBUFFORCE */, &size, sizeof size);
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1 || connect(fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
    double begin = now();
    uint64_t number = 0;
    while (number % 100 || access(until, F_OK)) {
        double due = begin + (double)number / rate - now();
        if (due > 0.0005) {
            struct timespec pause = {.tv_nsec = (long)(due * 1e9)};
            nanosleep(&pause, NULL);
            continue;
        }
        head->magic = MAGIC;
        head->end = 0;
        head->number = number;
        fill(packet, number, length_of(number));
        if (send(fd, packet, length_of(number), 0) < 0) {
            if (errno == ENOBUFS || errno == EAGAIN) continue;
            fail("send");
        }
        number++;
    }
    for (int i = 0; i < 5; i++) {
        usleep(300000);
        *head = (struct head){MAGIC, 1, number};
        send(fd, packet, LEAST, 0);
    }
    printf("sent %lu\n", number);
    return 0;
}

int main(int count, char **words) {
    if (count == 3 && !strcmp(words[1], "sink")) return sink(atoi(words[2]));
    if (count == 6 && !strcmp(words[1], "send")) return sender(words[2], atoi(words[3]), atoi(words[4]), words[5]);
    fprintf(stderr, "usage: numbered sink PORT | numbered send ADDRESS PORT RATE FILE\n");
    return 2;
}
