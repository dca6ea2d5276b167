// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.violin.api.control.Confinement;
import org.violin.frame.Ethernet;

/** Five thousand ARP requests and broadcasts as fast as one thread can, and who still answers afterwards. */
final class Storm {
    static final int FRAMES = 5_000;
    /** Twice what the engine floods by default: at this rate 5,000 frames go beyond it, its burst included. */
    private static final int FAST_PER_SECOND = 40_000;
    private static final int ASKED_AGAIN = 20;
    private static final int MOST_CELLS = 4;
    private static final int MOST_ADDRESSES = 3;

    private final Scene scene;
    private final Canaries canaries;
    private final Craft craft;

    Storm(Scene scene, Canaries canaries, Craft craft) {
        this.scene = scene;
        this.canaries = canaries;
        this.craft = craft;
    }

    /** One pair that should go on answering. */
    record Link(String namespace, String from, InetAddress to) {
        @Override
        public String toString() {
            return to.getHostAddress() + " asked from " + from;
        }
    }

    /**
     * What the storm did.
     *
     * @param sent frames that the guest's kernel took
     * @param nanos how long it lasted
     * @param arrived frames that ports of vSwitches had got when it ended: what still waits in a vNIC comes at a rate that nobody knows
     */
    record Result(int sent, long nanos, long arrived) {
        /**
         * Whether a vSwitch held it back.
         *
         * @param limited frames that its ports did not flood
         */
        Confinement.Verdict limit(long limited) {
            if (limited > 0) return Confinement.Verdict.PASS;
            boolean fast = arrived * 1e9 / Math.max(1, nanos) > FAST_PER_SECOND;
            return fast && arrived >= FRAMES * 4 / 5 ? Confinement.Verdict.FAIL : Confinement.Verdict.UNTESTED;
        }
    }

    /** Pairs in other violins and between the hosts that answer now. */
    Set<Link> answering() throws IOException {
        List<Link> links = new ArrayList<>();
        scene.members().stream().limit(MOST_ADDRESSES).forEach(m -> links.add(new Link(scene.hostNamespace(), "overlay host " + scene.host(), m)));
        scene.others().stream().limit(MOST_CELLS).forEach(c -> scene.peers().getOrDefault(c, List.of()).stream().limit(MOST_ADDRESSES)
                .forEach(a -> links.add(new Link(c.networkNamespace(), c.id().toString(), a))));
        Set<Link> good = new HashSet<>();
        for (Link link : links) {
            if (Knocks.answers(link.namespace(), link.to())) good.add(link);
        }
        return good;
    }

    /** Those that are silent now, asked a few times. */
    List<Link> silent(Set<Link> before) throws IOException {
        List<Link> silent = new ArrayList<>();
        for (Link link : before) {
            boolean answers = false;
            for (int i = 0; i < ASKED_AGAIN && !answers; i++) answers = Knocks.answers(link.namespace(), link.to());
            if (!answers) silent.add(link);
        }
        return silent;
    }

    /** @param switched how many frames ports of vSwitches got so far */
    Result run(Sender sender, LongSupplier switched) {
        Canary arp = canaries.add(Case.STORM, sender.toString(), "ARP storm", 42);
        Canary broadcast = canaries.add(Case.STORM, sender.toString(), "broadcast storm", 14);
        InetAddress v4 = Sender.literal(new byte[] {10, 0, 0, 1});
        long already = switched.getAsLong();
        long start = System.nanoTime();
        long before = sender.sent();
        for (int half = 0; half < 2; half++) {
            int length = half == 0
                    ? craft.arp(Ethernet.BROADCAST, sender.mac, sender.source(v4), Sender.literal(new byte[] {(byte) 192, 0, 2, 1}), arp.number())
                    : craft.plain(Ethernet.BROADCAST, sender.mac, 0x88b5, broadcast.number());
            for (int i = 0; i < FRAMES / 2; i++) sender.hurl(craft, length);
        }
        long arrived = switched.getAsLong() - already;
        long nanos = System.nanoTime() - start;
        LockSupport.parkNanos(100_000_000);
        return new Result((int) (sender.sent() - before), nanos, arrived);
    }
}
