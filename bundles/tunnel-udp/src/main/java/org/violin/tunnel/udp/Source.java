// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import org.violin.linux.Message;

/** Where a datagram came from; filled in anew for the next. Receive thread only. */
final class Source {
    long high;
    long low;
    int port;
    private Message message;
    private InetSocketAddress address;

    void set(Message from) {
        long nowHigh = from.senderHigh();
        long nowLow = from.senderLow();
        int nowPort = from.senderPort();
        if (nowLow != low || nowPort != port || nowHigh != high) address = null;
        high = nowHigh;
        low = nowLow;
        port = nowPort;
        message = from;
    }

    void set(InetSocketAddress from) {
        if (from == address) return;
        address = from;
        high = Message.high(from.getAddress());
        low = Message.low(from.getAddress());
        port = from.getPort();
    }

    /** As an object, while the message is there. */
    InetSocketAddress address() {
        if (address == null) address = message.sender();
        return address;
    }
}
