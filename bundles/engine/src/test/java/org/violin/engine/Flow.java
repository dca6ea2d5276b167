// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.violin.api.dataplane.Frames;
import org.violin.frame.Ethernet;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.SampleFrames;

/** Numbered frames from one device to another, a window of them under way; a thread of its own checks that each comes once and in order. */
final class Flow implements AutoCloseable {
    private static final int NUMBER_AT = Frames.OFFLOAD_HEADER + Ethernet.HEADER;

    private final String name;
    private final MemoryDevice from;
    private final MemoryDevice to;
    private final int window;
    private final Thread thread;
    private volatile boolean stop;
    private volatile long sent;
    private volatile long received;
    private volatile String wrong = "";

    Flow(String name, MemoryDevice from, MemoryDevice to, int window) {
        this.name = name;
        this.from = from;
        this.to = to;
        this.window = window;
        thread = new Thread(this::run, "flow-" + name);
        thread.start();
    }

    private void run() {
        ByteBuffer out = SampleFrames.record(SampleFrames.plain(Ethernet.BROADCAST, SampleFrames.station(1), "12345678"));
        ByteBuffer in = ByteBuffer.allocateDirect(2048);
        while (wrong.isEmpty() && (!stop || received < sent)) {
            boolean idle = true;
            if (!stop && sent - received < window) {
                out.putLong(NUMBER_AT, sent);
                if (from.guestSends(out, out.capacity())) {
                    sent++;
                    idle = false;
                }
            }
            while (to.guestReceives(in) > 0) {
                long number = in.getLong(NUMBER_AT);
                if (number != received) wrong = name + ": number " + number + " came when " + received + " was due";
                received++;
                idle = false;
            }
            if (idle) LockSupport.parkNanos(20_000);
        }
    }

    long received() {
        return received;
    }

    void stop() {
        stop = true;
    }

    /** Stops sending and waits for what is under way; "" when all came once and in order. */
    String end() {
        stop = true;
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (thread.isAlive() && System.nanoTime() - deadline < 0) LockSupport.parkNanos(1_000_000);
        if (thread.isAlive()) wrong = name + ": " + (sent - received) + " of " + sent + " lost from number " + received + " on";
        return wrong;
    }

    @Override
    public void close() {
        stop = true;
        if (wrong.isEmpty()) wrong = "closed";
    }
}
