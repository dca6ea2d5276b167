// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.violin.api.cluster.Identity;

/** This host's identity over its keys and the roll. Any thread; never waits. */
final class HostIdentity implements Identity {
    private final String name;
    private final Roll roll;
    private final LiveConnections live = new LiveConnections();
    private final SSLContext tls;
    private final byte[] tunnelKey;
    private volatile HostKeys keys;

    HostIdentity(String name, HostKeys keys, Roll roll) {
        this.name = name;
        this.keys = keys;
        this.roll = roll;
        this.tunnelKey = keys.tunnelKey();
        this.tls = LabContext.make(new OwnKey(() -> this.keys), new PeerTrust(roll, live, keys.authority()));
        roll.listen(this::cut);
    }

    /** Shows another certificate for the same keys from now on. */
    void renew(HostKeys renewed) {
        keys = renewed;
    }

    HostKeys keys() {
        return keys;
    }

    Roll roll() {
        return roll;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String certificate() {
        try {
            return Base64.getEncoder().encodeToString(keys.certificate().getEncoded());
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String labSecret() {
        return HexFormat.of().formatHex(keys.labSecret());
    }

    @Override
    public SSLContext tls() {
        return tls;
    }

    @Override
    public String peer(SSLSession session) throws SSLPeerUnverifiedException {
        Certificate[] chain = session.getPeerCertificates();
        try {
            if (chain[0] instanceof X509Certificate x509) return roll.believe(x509).name();
        } catch (CertificateException e) {
            throw new SSLPeerUnverifiedException(e.getMessage());
        }
        throw new SSLPeerUnverifiedException("no X.509 certificate");
    }

    @Override
    public byte[] tunnelKey() {
        return tunnelKey.clone();
    }

    @Override
    public byte[] agree(byte[] publicKey) {
        return Crypto.agree(keys.tunnel(), publicKey);
    }

    @Override
    public Optional<byte[]> tunnelKey(String host) {
        return roll.host(host).map(h -> Crypto.unhex(h.tunnelKey()));
    }

    @Override
    public Optional<String> host(byte[] key) {
        return roll.byTunnelKey(Crypto.hex(key)).map(HostCertificate::name);
    }

    @Override
    public boolean expelled(String host) {
        return roll.expelled(host);
    }

    @Override
    public AutoCloseable listen(Runnable changed) {
        return roll.listen(changed);
    }

    @Override
    public String toString() {
        return "identity of " + name;
    }

    private void cut() {
        live.cut(roll);
        for (SSLSessionContext sessions : new SSLSessionContext[] {tls.getServerSessionContext(), tls.getClientSessionContext()}) {
            for (byte[] id : Collections.list(sessions.getIds())) {
                SSLSession session = sessions.getSession(id);
                if (session != null) session.invalidate();
            }
        }
    }
}
