// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A {@code struct msghdr} that is made once and used again and again (sendmsg(2), recvmsg(2)): the parts of memory that one datagram, or
 * one run of datagrams of equal size (UDP_SEGMENT, UDP_GRO: udp(7)), is gathered from or scattered to. Nothing allocates but the
 * constructor. Called by: tunnels, one thread at a time.
 */
public final class Message {
    private static final int NAME = 64;
    private static final int NAME_BYTES = 32;
    private static final int CONTROL = 96;
    private static final int CONTROL_BYTES = 64;
    private static final int PARTS = 160;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int UDP_GRO = 104;
    private static final int SEGMENT_CONTROL = 24;

    final long address;
    private final ByteBuffer memory;
    private final int most;
    private int parts;

    /** @param most parts at most */
    public Message(int most) {
        this.most = most;
        memory = ByteBuffer.allocateDirect(PARTS + most * 16).order(ByteOrder.nativeOrder());
        address = Slabs.of(memory);
        memory.putLong(0, address + NAME).putInt(8, NAME_BYTES);
        memory.putLong(16, address + PARTS);
        memory.putLong(32, address + CONTROL);
    }

    /** Begins anew without parts. */
    public void clear() {
        parts = 0;
    }

    /** Adds a part of memory by its address ({@link Slabs}), which the caller keeps alive; beyond the most it is ignored. */
    public void part(long from, int bytes) {
        if (parts == most) return;
        int at = PARTS + parts++ * 16;
        memory.putLong(at, from).putLong(at + 8, bytes);
    }

    /** Keeps only the first parts. Parts that were added stay in memory, and a larger number brings them back. */
    public void parts(int number) {
        parts = number;
    }

    /** Changes the length of a part that was added. */
    public void length(int part, int bytes) {
        memory.putLong(PARTS + part * 16 + 8, bytes);
    }

    /** Where to send. @param ipv6 the socket's family: an IPv4 address is mapped then */
    public void to(InetSocketAddress target, boolean ipv6) {
        byte[] bytes = target.getAddress().getAddress();
        memory.putShort(NAME, (short) (ipv6 ? AF_INET6 : AF_INET));
        memory.put(NAME + 2, (byte) (target.getPort() >>> 8)).put(NAME + 3, (byte) target.getPort());
        for (int i = 4; i < NAME_BYTES; i++) memory.put(NAME + i, (byte) 0);
        int at = ipv6 ? NAME + 8 : NAME + 4;
        if (ipv6 && target.getAddress() instanceof Inet4Address) {
            memory.putShort(at + 10, (short) -1);
            at += 12;
        }
        for (byte one : bytes) memory.put(at++, one);
        if (target.getAddress() instanceof Inet6Address six) memory.putInt(NAME + 24, six.getScopeId());
        memory.putInt(8, ipv6 ? 28 : 16);
    }

    /** The parts are a run of datagrams of that size, the last may be shorter; 0: they are one datagram. */
    public void segment(int bytes) {
        if (bytes == 0) {
            memory.putLong(40, 0);
            return;
        }
        memory.putLong(40, SEGMENT_CONTROL);
        memory.putLong(CONTROL, 18).putInt(CONTROL + 8, SOL_UDP).putInt(CONTROL + 12, UDP_SEGMENT);
        memory.putShort(CONTROL + 16, (short) bytes);
    }

    /** Of a received message: the size of the datagrams it was put together from; 0: it is one datagram. */
    public int segment() {
        if (memory.getLong(40) < 20) return 0;
        boolean run = memory.getInt(CONTROL + 8) == SOL_UDP && memory.getInt(CONTROL + 12) == UDP_GRO;
        return run ? memory.getInt(CONTROL + 16) & 0xFFFF : 0;
    }

    /** Of a received message: the upper half of the sender's IPv6 address; 0 for IPv4. */
    public long senderHigh() {
        return memory.getShort(NAME) == AF_INET6 ? network(NAME + 8) : 0;
    }

    /** The lower half, or the IPv4 address in the form of a mapped one. */
    public long senderLow() {
        if (memory.getShort(NAME) == AF_INET6) return network(NAME + 16);
        return low(Integer.reverseBytes(memory.getInt(NAME + 4)) & 0xFFFF_FFFFL);
    }

    public int senderPort() {
        return (memory.get(NAME + 2) & 0xFF) << 8 | memory.get(NAME + 3) & 0xFF;
    }

    /** The sender as an object, scope included; allocates. */
    public InetSocketAddress sender() {
        try {
            if (memory.getShort(NAME) != AF_INET6 || senderHigh() == 0 && senderLow() >>> 32 == 0xFFFF) {
                byte[] four = ByteBuffer.allocate(4).putInt((int) senderLow()).array();
                return new InetSocketAddress(InetAddress.getByAddress(four), senderPort());
            }
            byte[] sixteen = ByteBuffer.allocate(16).putLong(senderHigh()).putLong(senderLow()).array();
            return new InetSocketAddress(Inet6Address.getByAddress(null, sixteen, memory.getInt(NAME + 24)), senderPort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // not with 4 or 16 bytes
        }
    }

    /** What {@link #senderHigh} gives for a datagram from there. */
    public static long high(InetAddress from) {
        return from instanceof Inet4Address ? 0 : ByteBuffer.wrap(from.getAddress()).getLong();
    }

    /** What {@link #senderLow} gives for a datagram from there. */
    public static long low(InetAddress from) {
        ByteBuffer bytes = ByteBuffer.wrap(from.getAddress());
        return from instanceof Inet4Address ? low(bytes.getInt() & 0xFFFF_FFFFL) : bytes.getLong(8);
    }

    private static long low(long ipv4) {
        return 0xFFFFL << 32 | ipv4;
    }

    private long network(int at) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Long.reverseBytes(memory.getLong(at)) : memory.getLong(at);
    }

    /** Room for what the kernel fills in. */
    void expect() {
        memory.putInt(8, NAME_BYTES);
        memory.putLong(40, CONTROL_BYTES);
        memory.putInt(48, 0);
        memory.putLong(24, parts);
    }

    /** Fixes the number of parts. */
    void ready() {
        memory.putLong(24, parts);
    }

}
