// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.security.cert.Certificate;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.auth.X509AuthenticationProvider;

/**
 * Scheme {@code x509} of the embedded server, made by ZooKeeper by its name: the holder of a certificate is its subject. Whom to believe is
 * decided before, by TLS under this host's identity and by {@link HostCheck}, which also tells ZooKeeper the subject.
 */
public final class HostCertificates extends X509AuthenticationProvider {
    static final String SCHEME = "x509";

    /** Without keys of its own. */
    public HostCertificates() {
        super(null, null);
    }

    @Override
    public KeeperException.Code handleAuthentication(ServerCnxn connection, byte[] ignored) {
        Certificate[] chain = connection.getClientCertificateChain();
        return chain == null || chain.length == 0 ? KeeperException.Code.AUTHFAILED : KeeperException.Code.OK;
    }
}
