// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.violin.linux.Netns;
import org.violin.linux.PacketSocket;
import org.violin.linux.Rtnetlink;

/**
 * One interface of a guest, and what its root can send there: any frame, in any form. Used by one thread.
 */
final class Sender implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int WAITS = 200;

    final Cell cell;
    final String name;
    final long mac;
    final int mtuBytes;
    final List<InetAddress> addresses;
    private final PacketSocket plain;
    private final PacketSocket offload;
    private long sent;
    private long refused;

    private Sender(Cell cell, Rtnetlink.Link link, List<InetAddress> addresses, PacketSocket plain, PacketSocket offload) {
        this.cell = cell;
        this.name = link.name();
        this.mac = mac(link.mac());
        this.mtuBytes = link.mtuBytes();
        this.addresses = addresses;
        this.plain = plain;
        this.offload = offload;
    }

    /** One for each interface that is up and has a MAC, those the guest's own root made too: a hole may be one of them. */
    static List<Sender> of(Cell cell, int most) throws IOException {
        return Netns.call(cell.networkNamespace(), () -> {
            List<Sender> senders = new ArrayList<>();
            try (Rtnetlink kernel = Rtnetlink.open()) {
                List<Rtnetlink.Address> all = kernel.addresses();
                for (Rtnetlink.Link link : kernel.links()) {
                    if (!link.up() || mac(link.mac()) == 0 || senders.size() == most) continue;
                    PacketSocket plain = PacketSocket.open(link.index(), false, BUFFER_BYTES);
                    PacketSocket offload = null;
                    try {
                        offload = PacketSocket.open(link.index(), true, BUFFER_BYTES);
                    } finally {
                        if (offload == null) plain.close();
                    }
                    senders.add(new Sender(cell, link, addresses(all, link.index()), plain, offload));
                }
            } catch (IOException e) {
                senders.forEach(Sender::close);
                throw e;
            }
            return senders;
        });
    }

    /** Six octets as a number; 0 for anything else. */
    static long mac(String text) {
        return text.length() == 17 ? Long.parseLong(text.replace(":", ""), 16) : 0;
    }

    private static List<InetAddress> addresses(List<Rtnetlink.Address> all, int link) throws UnknownHostException {
        List<InetAddress> mine = new ArrayList<>();
        for (Rtnetlink.Address a : all) {
            if (a.link() == link && a.scope() == 0) mine.add(InetAddress.getByAddress(a.cidr().bytes()));
        }
        return mine;
    }

    /** An address of the interface in the family of that one, else an address for documentation (RFC 5737, RFC 3849). */
    InetAddress source(InetAddress family) {
        int bytes = family.getAddress().length;
        return addresses.stream().filter(a -> a.getAddress().length == bytes).findFirst().orElseGet(() -> literal(bytes == 4
                ? new byte[] {(byte) 192, 0, 2, 77} : new byte[] {0x20, 1, 0x0d, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 77}));
    }

    static InetAddress literal(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(bytes.length + " bytes", e);
        }
    }

    /** Sends the frame that was crafted. True when it left. */
    boolean send(Craft craft, int length) {
        return count(once(plain, craft, Craft.FRAME, length));
    }

    /** Sends it only if there is room now, as a storm does. */
    boolean hurl(Craft craft, int length) {
        return count(plain.send(craft.slab, Craft.FRAME, length));
    }

    /** Sends it with the offload header in front. */
    boolean sendOffload(Craft craft, int length) {
        return count(once(offload, craft, 0, Craft.FRAME + length));
    }

    /** A full queue empties within some milliseconds, or never: then the frame is lost. */
    private static int once(PacketSocket socket, Craft craft, int offset, int length) {
        int result = socket.send(craft.slab, offset, length);
        for (int i = 0; i < WAITS && (result == PacketSocket.AGAIN || result == PacketSocket.NO_BUFFER); i++) {
            LockSupport.parkNanos(50_000);
            result = socket.send(craft.slab, offset, length);
        }
        return result;
    }

    private boolean count(int result) {
        if (result > 0) sent++;
        else refused++;
        return result > 0;
    }

    long sent() {
        return sent;
    }

    /** Frames that the guest's own kernel did not take. */
    long refused() {
        return refused;
    }

    @Override
    public String toString() {
        return cell.id().node() + ":" + name;
    }

    @Override
    public void close() {
        plain.close();
        offload.close();
    }
}
