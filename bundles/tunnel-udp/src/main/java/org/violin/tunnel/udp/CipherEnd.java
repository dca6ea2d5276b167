// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelCipher;

/** One cipher of a tunnel, and what it asks of the tunnel. */
final class CipherEnd implements CipherLink {
    private final String kind;
    private final int tag;
    private final Port port;
    private final Inbound inbound;
    private final Map<String, Association> peers = new ConcurrentHashMap<>();
    private TunnelCipher cipher;

    private CipherEnd(String kind, Port port, Inbound inbound) {
        this.kind = kind;
        this.tag = tag(kind);
        this.port = port;
        this.inbound = inbound;
    }

    /** Opens the cipher. */
    static CipherEnd open(CipherProvider provider, String host, Port port, Inbound inbound, HandOver before) {
        CipherEnd end = new CipherEnd(provider.kind(), port, inbound);
        end.cipher = provider.open(host, end, before);
        return end;
    }

    /** What messages of a kind's key exchange have in their third byte. */
    static int tag(String kind) {
        CRC32 crc = new CRC32();
        crc.update(kind.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue() & 0xFF;
    }

    String kind() {
        return kind;
    }

    int tag() {
        return tag;
    }

    TunnelCipher cipher() {
        return cipher;
    }

    /** The keys' owner for a peer; the path is told to {@link #bind} when it is made. */
    FrameCipher associate(Peer peer, long epoch) {
        association(peer.id());
        return cipher.peer(peer, epoch);
    }

    void bind(PeerPath path) {
        association(path.id()).path = path;
    }

    void forget(String id) {
        Association gone = peers.remove(id);
        cipher.forget(id);
        if (gone != null) inbound.indexes.forget(gone);
    }

    private Association association(String id) {
        return peers.computeIfAbsent(id, Association::new);
    }

    @Override
    public void send(InetSocketAddress to, ByteBuffer slab, int offset, int length) {
        if (!port.post(to, tag, slab, offset, length)) inbound.exchangeFailed.increment();
    }

    @Override
    public void assign(int index, String peerId) {
        Association peer = peers.get(peerId);
        if (peer == null && peers.size() >= Indexes.MOST) return;
        inbound.indexes.assign(index, peer != null ? peer : association(peerId));
    }

    @Override
    public void withdraw(int index) {
        inbound.indexes.withdraw(index);
    }

    @Override
    public void agreed(String peerId, InetSocketAddress from) {
        Association peer = peers.get(peerId);
        PeerPath path = peer == null ? null : peer.path;
        if (path == null) return;
        port.execute(() -> path.agreed(from)); // not here: the caller may hold a lock that sealing needs
    }
}
