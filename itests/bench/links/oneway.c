// SPDX-License-Identifier: Apache-2.0
// One-way delays of numbered, stamped datagrams between guests of one machine, whose clocks are one. Called by run.sh.
//   oneway receive PORT SECONDS        receives until nothing came for a second after the first, at most SECONDS; prints one line
//   oneway count PORT SECONDS         Mbit/s of payload over SECONDS, after the first second of it
//   oneway flood PORT MBIT SECONDS ADDRESS           datagrams of 1,472 bytes, MBIT/s of payload, as super-frames (UDP_SEGMENT, udp(7))
//   oneway send PORT RATE COUNT BYTES ADDRESS...     COUNT datagrams in all, RATE a second, to the addresses in turn
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct stamp { uint64_t number, nanos; };

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

#define MOST 4000000

static int receive(int port, int seconds) {
    int s = socket(AF_INET, SOCK_DGRAM, 0), room = 64 << 20;
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval patience = {.tv_sec = 1};
    if (s < 0 || bind(s, (struct sockaddr *)&self, sizeof self) < 0) { perror("bind"); return 1; }
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    uint64_t *delay = malloc(MOST * sizeof *delay), received = 0, doubled = 0, late = 0, highest = 0, sum = 0, bursts = 0, lost = 0, end = 0;
    unsigned char *seen = calloc(1, MOST), buffer[65536];
    if (!delay || !seen) return 1;
    uint64_t until = now() + (uint64_t)seconds * 1000000000ull;
    while (now() < until) {
        ssize_t n = recv(s, buffer, sizeof buffer, 0);
        uint64_t at = now();
        if (n < 0 && errno == EAGAIN) { if (received) break; continue; }
        if (n < (ssize_t)sizeof(struct stamp)) continue;
        struct stamp stamp;
        memcpy(&stamp, buffer, sizeof stamp);
        if (stamp.number >= MOST) continue;
        if (seen[stamp.number]) { doubled++; continue; }
        seen[stamp.number] = 1;
        if (received && stamp.number < highest) late++;
        if (stamp.number > highest) highest = stamp.number;
        delay[received++] = at - stamp.nanos;
        sum += at - stamp.nanos;
        end = highest;
    }
    if (!received) { printf("received 0\n"); return 0; }
    for (uint64_t i = 0, in = 0; i < end; i++) {
        if (seen[i]) { in = 0; continue; }
        lost++;
        if (!in) bursts++;
        in = 1;
    }
    qsort(delay, received, sizeof *delay, by_size);
    printf("received %lu lost %lu bursts %lu doubled %lu reordered %lu mean %.1f min %.1f p50 %.1f p99 %.1f max %.1f\n", received, lost, bursts, doubled, late,
           (double)sum / (double)received / 1e3, (double)delay[0] / 1e3, (double)delay[received / 2] / 1e3, (double)delay[received * 99 / 100] / 1e3,
           (double)delay[received - 1] / 1e3);
    return 0;
}

static int send_all(int port, double rate, uint64_t count, size_t bytes, int addresses, char **address) {
    struct sockaddr_in *to = calloc((size_t)addresses, sizeof *to);
    int s = socket(AF_INET, SOCK_DGRAM, 0), room = 16 << 20;
    char buffer[65536] = {0};
    if (!to || s < 0 || bytes < sizeof(struct stamp) || bytes > 65000) return 1;
    setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    for (int i = 0; i < addresses; i++) {
        to[i].sin_family = AF_INET;
        to[i].sin_port = htons((uint16_t)port);
        if (inet_pton(AF_INET, address[i], &to[i].sin_addr) != 1) return 1;
    }
    uint64_t start = now();
    for (uint64_t i = 0; i < count; i++) {
        uint64_t due = start + (uint64_t)((double)i * 1e9 / rate), t = now();
        if (due > t + 20000) {
            struct timespec pause = {.tv_sec = (time_t)((due - t - 10000) / 1000000000ull), .tv_nsec = (long)((due - t - 10000) % 1000000000ull)};
            nanosleep(&pause, NULL);
        }
        struct stamp stamp = {.number = i, .nanos = now()};
        memcpy(buffer, &stamp, sizeof stamp);
        sendto(s, buffer, bytes, 0, (struct sockaddr *)&to[i % (uint64_t)addresses], sizeof *to);
    }
    return 0;
}

static int count(int port, int seconds) {
    int s = socket(AF_INET, SOCK_DGRAM, 0), room = 64 << 20, on = 1;
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval patience = {.tv_sec = 2};
    static char buffer[1 << 17];
    if (s < 0 || bind(s, (struct sockaddr *)&self, sizeof self) < 0) { perror("bind"); return 1; }
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(s, IPPROTO_UDP, 104, &on, sizeof on); // UDP_GRO
    uint64_t first = 0, from = 0, to = 0, bytes = 0;
    for (uint64_t begin = now(); now() - begin < (uint64_t)(seconds + 30) * 1000000000ull;) {
        ssize_t n = recv(s, buffer, sizeof buffer, 0);
        uint64_t at = now();
        if (n < 0) { if (first) break; continue; }
        if (!first) first = at;
        if (at - first < 1000000000ull) continue;
        if (!from) from = at;
        else bytes += (uint64_t)n;
        to = at;
        if (to - from >= (uint64_t)seconds * 1000000000ull) break;
    }
    printf("%.3f\n", to > from ? (double)bytes * 8e3 / (double)(to - from) : 0);
    return 0;
}

static int flood(int port, double mbit, int seconds, const char *address) {
    int s = socket(AF_INET, SOCK_DGRAM, 0), room = 16 << 20, segment = 1472;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    static char buffer[1472 * 40];
    int bytes = mbit >= 50 ? (int)sizeof buffer : 1472;
    if (s < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1) return 1;
    setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    setsockopt(s, IPPROTO_UDP, 103, &segment, sizeof segment); // UDP_SEGMENT
    uint64_t start = now(), t;
    for (uint64_t i = 0; (t = now()) - start < (uint64_t)seconds * 1000000000ull; i++) {
        uint64_t due = start + (uint64_t)((double)i * bytes * 8e3 / mbit);
        if (due > t + 20000) {
            struct timespec pause = {.tv_sec = (time_t)((due - t) / 1000000000ull), .tv_nsec = (long)((due - t) % 1000000000ull)};
            nanosleep(&pause, NULL);
        }
        sendto(s, buffer, (size_t)bytes, 0, (struct sockaddr *)&to, sizeof to);
    }
    return 0;
}

int main(int words, char **word) {
    if (words == 4 && !strcmp(word[1], "receive")) return receive(atoi(word[2]), atoi(word[3]));
    if (words == 4 && !strcmp(word[1], "count")) return count(atoi(word[2]), atoi(word[3]));
    if (words == 6 && !strcmp(word[1], "flood")) return flood(atoi(word[2]), atof(word[3]), atoi(word[4]), word[5]);
    if (words >= 7 && !strcmp(word[1], "send")) {
        return send_all(atoi(word[2]), atof(word[3]), strtoull(word[4], NULL, 10), strtoul(word[5], NULL, 10), words - 6, word + 6);
    }
    fprintf(stderr, "see the head of oneway.c\n");
    return 2;
}
