// SPDX-License-Identifier: Apache-2.0
package org.violin.api.cluster;

import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Who this overlay host is, by the lab's own authority, and whom it believes. There only once this host was admitted. Provided by trust; any
 * thread, never blocks on the network. No method ever gives a private key away.
 */
@ProviderType
public interface Identity {
    /** The name in this host's certificate. */
    String name();

    /** This host's certificate, DER in base64: for {@link HostInfo}. */
    String certificate();

    /** A secret that all admitted hosts share (for the shared state's access rules). Never print it. */
    String labSecret();

    /**
     * TLS in both roles with this host's key. Believes only certificates of the lab's authority of hosts that were not expelled; asks for one
     * in the server's role. Whom one talks with: {@link #peer}.
     */
    SSLContext tls();

    /** The name of the admitted host at the other end. Throws when it is none, or is expelled. */
    String peer(SSLSession session) throws SSLPeerUnverifiedException;

    /** The X25519 (RFC 7748) public key of this host, 32 bytes: for tunnels. */
    byte[] tunnelKey();

    /** X25519 of this host's private key and a public key; 32 bytes. Throws IllegalArgumentException for a key of small order. */
    byte[] agree(byte[] publicKey);

    /** The tunnel key of an admitted host that was not expelled. */
    Optional<byte[]> tunnelKey(String host);

    /** The admitted host, not expelled, whose tunnel key that is. */
    Optional<String> host(byte[] tunnelKey);

    /** True for a host that was expelled; it may be admitted again under a new key. */
    boolean expelled(String host);

    /** Calls back when a host was admitted, changed keys or was expelled. Close to stop. */
    AutoCloseable listen(Runnable changed);
}
