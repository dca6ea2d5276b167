// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Shows this host's certificate of the moment in both roles, so that a renewed one is used from the next handshake on. */
final class OwnKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "host";
    private static final String[] ALIASES = {ALIAS};

    private final Supplier<HostKeys> keys;

    OwnKey(Supplier<HostKeys> keys) {
        this.keys = keys;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
        return ec(type) ? ALIASES : null;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
        return chooseEngineClientAlias(types, issuers, null);
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
        for (String type : types) if (ec(type)) return ALIAS;
        return null;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
        return ec(type) ? ALIASES : null;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
        return ec(type) ? ALIAS : null;
    }

    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
        return ec(type) ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        HostKeys now = keys.get();
        return new X509Certificate[] {now.certificate(), now.authority()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return keys.get().secret();
    }

    /** {@code EC}; in older handshakes with the kind of the issuer's key behind it. */
    private static boolean ec(String type) {
        return type.startsWith("EC");
    }
}
