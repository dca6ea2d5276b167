// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelSettings;

/**
 * What a tunnel leaves to the next one at its address, kind {@code udp-paths}: its numbers, what its ciphers leave, and each path: the peer,
 * its lane, and what {@link PeerPath#save} writes. Times are nanoTime of this JVM.
 *
 * @param streams the last stream number given
 * @param epochs the last epoch number given
 * @param controls next sequence of clear control datagrams
 */
record TunnelRecord(int streams, int epochs, long controls, Map<String, HandOver> ciphers, List<PathRecord> paths) {
    static final String KIND = "udp-paths";
    static final int VERSION = 1;
    private static final int MOST = 1 << 20;

    /**
     * One path.
     *
     * @param at where it sends
     * @param state by {@link PeerPath#save}
     */
    record PathRecord(Peer peer, InetSocketAddress at, long epoch, int stream, byte[] state) {}

    HandOver write(TunnelSettings settings) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(settings.host());
        out.writeLong(settings.incarnation());
        out.writeInt(streams);
        out.writeInt(epochs);
        out.writeLong(controls);
        out.writeInt(ciphers.size());
        for (Map.Entry<String, HandOver> each : ciphers.entrySet()) {
            out.writeUTF(each.getKey());
            out.writeUTF(each.getValue().kind());
            out.writeInt(each.getValue().version());
            write(out, each.getValue().data());
        }
        out.writeInt(paths.size());
        for (PathRecord path : paths) {
            Peer peer = path.peer;
            out.writeUTF(peer.id());
            out.writeUTF(peer.host());
            out.writeUTF(peer.violin());
            out.writeInt(peer.channel());
            out.writeUTF(peer.cipher());
            address(out, peer.address());
            out.writeLong(peer.incarnation());
            address(out, path.at);
            out.writeLong(path.epoch);
            out.writeInt(path.stream);
            write(out, path.state);
        }
        return new HandOver(KIND, VERSION, bytes.toByteArray());
    }

    /** Null when it is nothing that this tunnel can go on with. The hand-over is wiped: it may hold keys. */
    static TunnelRecord read(HandOver from, TunnelSettings settings) throws IOException {
        if (from == null || !from.kind().equals(KIND) || from.version() != VERSION) return null;
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(from.data()));
            if (!in.readUTF().equals(settings.host()) | in.readLong() != settings.incarnation()) return null;
            int streams = in.readInt();
            int epochs = in.readInt();
            long controls = in.readLong();
            Map<String, HandOver> ciphers = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) ciphers.put(in.readUTF(), new HandOver(in.readUTF(), in.readInt(), bytes(in)));
            List<PathRecord> paths = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                Peer peer = new Peer(in.readUTF(), in.readUTF(), in.readUTF(), in.readInt(), in.readUTF(), address(in), in.readLong());
                paths.add(new PathRecord(peer, address(in), in.readLong(), in.readInt(), bytes(in)));
            }
            return new TunnelRecord(streams, epochs, controls, ciphers, paths);
        } finally {
            Arrays.fill(from.data(), (byte) 0);
        }
    }

    private static void write(DataOutput out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(DataInput in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > 256 * MOST) throw new IOException(length + " bytes");
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    private static void address(DataOutput out, InetSocketAddress address) throws IOException {
        write(out, address.getAddress().getAddress());
        int scope = address.getAddress() instanceof java.net.Inet6Address six ? six.getScopeId() : 0;
        out.writeInt(scope);
        out.writeInt(address.getPort());
    }

    private static InetSocketAddress address(DataInput in) throws IOException {
        byte[] bytes = bytes(in);
        int scope = in.readInt();
        InetAddress address = scope == 0 ? InetAddress.getByAddress(bytes) : java.net.Inet6Address.getByAddress(null, bytes, scope);
        return new InetSocketAddress(address, in.readInt());
    }
}
