// SPDX-License-Identifier: Apache-2.0
// Key exchanges of strangers: datagrams that look like initiations of cipher-aead, with random keys and MACs, at a fixed rate, from many
// addresses of this namespace in turn.
//   strangers ADDRESS PORT RATE SECONDS SOURCE...     prints how many were sent
// Called by run.sh beside this file.
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LENGTH 235 // 3 bytes of the tunnel, 8 of the header, ephemeral and static key, payload, two MACs
#define KIND 0x16  // low byte of the CRC-32 of "aead"
#define MOST 256

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **words) {
    if (count < 6 || count > 5 + MOST) {
        fprintf(stderr, "usage: strangers ADDRESS PORT RATE SECONDS SOURCE...\n");
        return 2;
    }
    int sources = count - 5, fds[MOST];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(words[2]))};
    if (inet_pton(AF_INET, words[1], &to.sin_addr) != 1) return 2;
    for (int i = 0; i < sources; i++) {
        struct sockaddr_in own = {.sin_family = AF_INET};
        fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
        if (fds[i] < 0 || inet_pton(AF_INET, words[5 + i], &own.sin_addr) != 1 || bind(fds[i], (struct sockaddr *)&own, sizeof own) ||
            connect(fds[i], (struct sockaddr *)&to, sizeof to)) {
            perror(words[5 + i]);
            return 1;
        }
    }
    double begin = now(), rate = atof(words[3]), seconds = atof(words[4]);
    uint64_t random = 88172645463325252u;
    unsigned char message[LENGTH + 8];
    long sent = 0;
    for (long n = 0; now() - begin < seconds; n++) {
        double due = begin + n / rate - now();
        if (due > 0.0005) {
            struct timespec pause = {.tv_nsec = (long)(due * 1e9)};
            nanosleep(&pause, NULL);
        }
        for (int i = 0; i < LENGTH; i += 8) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            memcpy(message + i, &random, 8);
        }
        const unsigned char head[] = {0x56, 0x33, KIND, 1, 1, 1, 0};
        memcpy(message, head, sizeof head);
        sent += send(fds[n % sources], message, LENGTH, MSG_DONTWAIT) == LENGTH;
    }
    printf("sent %ld\n", sent);
    return 0;
}
