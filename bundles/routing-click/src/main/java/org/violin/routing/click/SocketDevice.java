// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.frame.OffloadHeader;
import org.violin.linux.Message;
import org.violin.linux.Slabs;
import org.violin.linux.UdpSocket;

/**
 * Frames to and from one Socket element of Click: one frame is one datagram, without offload header. Reads and writes allocate nothing and
 * never wait. Opened in Click's namespace, used from anywhere.
 */
final class SocketDevice implements FrameDevice {
    /** Room for frames that wait, bytes. */
    private static final int BUFFER = 4 << 20;

    /** What a change of the carrier does. */
    interface Carrier {
        void carrier(boolean up);
    }

    private final UdpSocket socket;
    private final Carrier shown;
    private final Message in = new Message(1);
    private final Message out = new Message(1);
    private final Slabs slabs = new Slabs();

    private SocketDevice(UdpSocket socket, InetSocketAddress click, Carrier shown) {
        this.socket = socket;
        this.shown = shown;
        out.to(click, false);
    }

    static SocketDevice open(int port, Carrier shown) throws IOException {
        UdpSocket socket = UdpSocket.open(new InetSocketAddress(Layout.LOOPBACK, port));
        socket.buffers(BUFFER, BUFFER);
        return new SocketDevice(socket, new InetSocketAddress(Layout.LOOPBACK, Layout.Nic.clickPort(port)), shown);
    }

    /** Nothing unfinished: Click knows neither super-frames nor checksums that the hardware would finish. */
    @Override
    public int takes() {
        return 0;
    }

    @Override
    public int fd() {
        return socket.fd();
    }

    @Override
    public int read(ByteBuffer slab, int offset, int capacity) {
        if (capacity < Frames.MIN_RECORD) return 0;
        in.clear();
        in.part(slabs.address(slab) + offset + Frames.OFFLOAD_HEADER, capacity - Frames.OFFLOAD_HEADER);
        int n = socket.receive(in, false);
        if (n <= 0) return n == UdpSocket.CLOSED ? CLOSED : 0;
        OffloadHeader.clear(slab, offset);
        return n + Frames.OFFLOAD_HEADER;
    }

    @Override
    public int write(ByteBuffer slab, int offset, int length) {
        if (length < Frames.MIN_RECORD) return 0; // a Socket element ends for good when it gets an empty datagram
        long address = slabs.address(slab) + offset + Frames.OFFLOAD_HEADER;
        synchronized (out) {
            out.clear();
            out.part(address, length - Frames.OFFLOAD_HEADER);
            int n = socket.send(out);
            if (n >= 0) return length;
            return n == UdpSocket.CLOSED ? CLOSED : 0;
        }
    }

    @Override
    public void carrier(boolean up) {
        shown.carrier(up);
    }

    @Override
    public void close() {
        socket.close();
    }
}
