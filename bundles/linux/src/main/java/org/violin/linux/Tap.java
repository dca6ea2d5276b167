// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;

/**
 * A TAP interface: the guest sees an Ethernet card, this side reads and writes its frames with the 10-byte virtio-net header
 * (Documentation/networking/tuntap.rst). The interface is persistent: it survives this descriptor and can be opened again.
 */
public final class Tap implements FrameDevice {
    private static final Path OWN_NAMESPACE = Path.of("/proc/thread-self/ns/net");
    private static final long TUNSETIFF = 0x400454ca;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final long TUNSETPERSIST = 0x400454cb;
    private static final long TUNSETOFFLOAD = 0x400454d0;
    private static final long TUNSETVNETHDRSZ = 0x400454d8;
    private static final long TUNSETCARRIER = 0x400454e2;
    /** IFF_TAP, IFF_NO_PI, IFF_VNET_HDR, and IFF_NO_CARRIER, which older kernels ignore. */
    private static final short FLAGS = 0x0002 | 0x1000 | 0x4000 | 0x0040;
    /** TUN_F_: checksum, TSO4, TSO6, ECN, USO4, USO6; then without USO (kernels before 6.2); then nothing. */
    private static final int[] OFFLOADS = {0x6f, 0x0f, 0};
    private static final int IFREQ = 40;
    private static final int LONGEST_NAME = 15;

    /** Open ones by network namespace and name. An open TAP keeps its namespace, so the namespace's number is not used again meanwhile. */
    private static final Map<String, Map<String, Tap>> OPEN = new ConcurrentHashMap<>();

    private final String name;
    private final String namespace;
    private final int takes;
    private final Descriptor descriptor;
    private final Slabs slabs = new Slabs();

    private Tap(String name, String namespace, int fd, int takes) {
        this.name = name;
        this.namespace = namespace;
        this.takes = takes;
        this.descriptor = new Descriptor(fd);
    }

    /**
     * The TAPs that this container holds open in a network namespace, by name; without those whose interface is gone. The kernel lets only
     * one descriptor hold a TAP, so whoever takes over a guest while its frames flow must go on with these.
     *
     * @param path such as {@code /proc/PID/ns/net}
     */
    public static Map<String, Tap> held(Path path) throws IOException {
        Map<String, Tap> open = new HashMap<>(OPEN.getOrDefault(Files.readSymbolicLink(path).toString(), Map.of()));
        open.values().removeIf(tap -> !tap.attached());
        return open;
    }

    private boolean attached() {
        if (!descriptor.enter()) return false;
        try {
            ByteBuffer request = ByteBuffer.allocateDirect(IFREQ);
            int result = Libc.ioctl(descriptor.fd(), TUNGETIFF, Slabs.of(request));
            java.lang.ref.Reference.reachabilityFence(request);
            return result == 0;
        } finally {
            descriptor.exit();
        }
    }

    /**
     * Makes the interface, or attaches to the one that exists, in the calling thread's network namespace ({@link Netns#call}). It has no
     * carrier until {@link #carrier} is called. Called by guest runtimes; costs no more than the kernel's work.
     *
     * @throws IOException naming the interface and the kernel's reason: no right, held by another process (EBUSY), not a TAP (EINVAL)
     */
    public static Tap open(String name) throws IOException {
        if (name.length() > LONGEST_NAME) throw new IOException("interface name '" + name + "': longer than " + LONGEST_NAME);
        int fd = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (fd < 0) throw new IOException("open /dev/net/tun: " + Libc.lastError());
        try {
            ByteBuffer request = ByteBuffer.allocateDirect(IFREQ).order(ByteOrder.nativeOrder());
            request.put(0, name.getBytes(StandardCharsets.US_ASCII)).putShort(16, FLAGS);
            long argument = Slabs.of(request);
            control(fd, TUNSETIFF, argument, name, "attach");
            request.putInt(0, Frames.OFFLOAD_HEADER);
            control(fd, TUNSETVNETHDRSZ, argument, name, "set the header's size of");
            control(fd, TUNSETPERSIST, 1, name, "keep");
            String namespace = Files.readSymbolicLink(OWN_NAMESPACE).toString();
            Tap tap = new Tap(name, namespace, fd, offload(fd, name));
            tap.carrier(false);
            OPEN.compute(namespace, (n, taps) -> {
                Map<String, Tap> all = taps == null ? new ConcurrentHashMap<>() : taps;
                all.put(name, tap);
                return all;
            });
            return tap;
        } catch (IOException e) {
            Libc.close(fd);
            throw e;
        }
    }

    /** Returns what the kernel takes from us: one without USO does not know its super-frames at all. */
    private static int offload(int fd, String name) throws IOException {
        for (int bits : OFFLOADS) {
            if (Libc.ioctl(fd, TUNSETOFFLOAD, bits) == 0) return bits == OFFLOADS[0] ? TAKES_ALL : TAKES_CHECKSUMS | TAKES_TCP;
        }
        throw new IOException("set offloads of " + name + ": " + Libc.lastError());
    }

    private static void control(int fd, long request, long argument, String name, String what) throws IOException {
        if (Libc.ioctl(fd, request, argument) < 0) throw new IOException(what + " " + name + ": " + Libc.lastError());
    }

    /** The interface's name in its namespace. */
    public String name() {
        return name;
    }

    public boolean isClosed() {
        return descriptor.isClosed();
    }

    @Override
    public int takes() {
        return takes;
    }

    @Override
    public int fd() {
        return descriptor.fd();
    }

    @Override
    public int read(ByteBuffer slab, int offset, int capacity) {
        long address = slabs.address(slab) + offset;
        if (!descriptor.enter()) return CLOSED;
        try {
            long n = Libc.read(descriptor.fd(), address, capacity);
            if (n >= 0) return (int) n;
            int errno = Native.getLastError();
            return errno == Libc.EAGAIN || errno == Libc.EINTR || errno == Libc.EIO ? 0 : CLOSED;
        } finally {
            descriptor.exit();
        }
    }

    @Override
    public int write(ByteBuffer slab, int offset, int length) {
        long address = slabs.address(slab) + offset;
        if (!descriptor.enter()) return CLOSED;
        try {
            long n = Libc.write(descriptor.fd(), address, length);
            if (n >= 0) return (int) n;
            // EIO: the guest's interface is down. EINVAL: a malformed offload header. Both lose the frame only.
            int errno = Native.getLastError();
            return errno == Libc.EBADFD || errno == Libc.EBADF ? CLOSED : 0;
        } finally {
            descriptor.exit();
        }
    }

    @Override
    public void carrier(boolean up) {
        if (!descriptor.enter()) return;
        try {
            ByteBuffer value = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, up ? 1 : 0);
            Libc.ioctl(descriptor.fd(), TUNSETCARRIER, Slabs.of(value)); // fails only when the interface is gone
            java.lang.ref.Reference.reachabilityFence(value);
        } finally {
            descriptor.exit();
        }
    }

    @Override
    public void close() {
        OPEN.computeIfPresent(namespace, (n, taps) -> {
            taps.remove(name, this);
            return taps.isEmpty() ? null : taps;
        });
        descriptor.close();
    }

    @Override
    public String toString() {
        return "tap " + name;
    }
}
