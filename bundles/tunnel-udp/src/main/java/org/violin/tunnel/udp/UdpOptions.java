// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

/**
 * The configuration as plain values; refuses what cannot work, naming key, value and rule.
 *
 * @param transport {@code auto}, {@code native}, {@code epoll} or {@code nio}
 * @param segmentation UDP_SEGMENT: {@code auto}, {@code on} or {@code off}
 * @param coalescing UDP_GRO: {@code auto} or {@code off}
 * @param reorderWindow datagrams that wait for a missing one, 0 to 64
 * @param reorderMillis how long they wait at most, on a path that was seen to reorder
 * @param reorderStartMicros how long they wait on a path that was not
 */
record UdpOptions(
        String transport,
        String segmentation,
        String coalescing,
        int silenceLimitMillis,
        int keepaliveMillis,
        int receiveBufferBytes,
        int sendBufferBytes,
        int reorderWindow,
        int reorderMillis,
        int reorderStartMicros) {
    UdpOptions {
        word("transport", transport, "auto|native|epoll|nio");
        word("segmentation", segmentation, "auto|on|off");
        word("coalescing", coalescing, "auto|off");
        range("keepalive.millis", keepaliveMillis, 10, 60_000);
        range("silence.limit.millis", silenceLimitMillis, 2 * keepaliveMillis, 600_000);
        range("receive.buffer.bytes", receiveBufferBytes, 65_536, 1 << 30);
        range("send.buffer.bytes", sendBufferBytes, 65_536, 1 << 30);
        range("reorder.window", reorderWindow, 0, 64);
        range("reorder.millis", reorderMillis, 1, 1000);
        range("reorder.start.micros", reorderStartMicros, 0, 1_000_000);
    }

    static UdpOptions defaults() {
        return new UdpOptions("auto", "auto", "auto", 3000, 1000, 32 << 20, 1 << 20, 64, 5, 1000);
    }

    private static void word(String key, String value, String choices) {
        for (String choice : choices.split("\\|")) if (choice.equals(value)) return;
        throw wrong(key, value, "one of " + choices.replace("|", ", "));
    }

    private static void range(String key, int value, int least, int most) {
        if (value < least || value > most) throw wrong(key, String.valueOf(value), least + " to " + most);
    }

    private static IllegalArgumentException wrong(String key, String value, String rule) {
        return new IllegalArgumentException("org.violin.tunnel.udp: " + key + " = " + value + " must be " + rule
                + "; mend it with: config:property-set -p org.violin.tunnel.udp " + key + " VALUE");
    }
}
