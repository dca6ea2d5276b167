// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.violin.api.cluster.Identity;

/**
 * One host of a {@link MemoryAuthority}. Unlike the real one, its TLS asks a client for its certificate only when the server's code says
 * so (setNeedClientAuth), to find servers that forget it.
 */
final class MemoryIdentity implements Identity {
    private static final int KEY_BYTES = 32;
    /** RFC 8446 4.6.1 lets a ticket live for at most 7 days; with more than that the JDK makes and keeps none: no resumption. */
    private static final int NO_TICKETS_SECONDS = 8 * 24 * 3600;

    private final MemoryAuthority authority;
    private final String name;
    private final X509Certificate x509;
    private final KeyPair tunnelKeys;
    private final byte[] tunnelKey;
    private final SSLContext tls;

    MemoryIdentity(MemoryAuthority authority, String name, KeyPair keys, X509Certificate x509) {
        this.authority = authority;
        this.name = name;
        this.x509 = x509;
        try {
            tunnelKeys = KeyPairGenerator.getInstance("X25519").generateKeyPair();
            tunnelKey = littleEndian(((XECPublicKey) tunnelKeys.getPublic()).getU());
            tls = context(keys);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    X509Certificate x509() {
        return x509;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String certificate() {
        try {
            return Base64.getEncoder().encodeToString(x509.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String labSecret() {
        return authority.labSecret();
    }

    @Override
    public SSLContext tls() {
        return tls;
    }

    @Override
    public String peer(SSLSession session) throws SSLPeerUnverifiedException {
        Certificate[] chain = session.getPeerCertificates();
        try {
            return authority.believe(Arrays.copyOf(chain, chain.length, X509Certificate[].class));
        } catch (CertificateException | ArrayStoreException e) {
            throw new SSLPeerUnverifiedException(e.getMessage());
        }
    }

    @Override
    public byte[] tunnelKey() {
        return tunnelKey.clone();
    }

    @Override
    public byte[] agree(byte[] publicKey) {
        if (publicKey.length != KEY_BYTES) throw new IllegalArgumentException("a key of " + publicKey.length + " bytes, not " + KEY_BYTES);
        byte[] bigEndian = reversed(publicKey);
        bigEndian[0] &= 0x7f; // RFC 7748 5
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(tunnelKeys.getPrivate());
            agreement.doPhase(KeyFactory.getInstance("X25519")
                    .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian))), true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no key to agree with", e);
        }
    }

    @Override
    public Optional<byte[]> tunnelKey(String host) {
        return authority.admitted(host).map(MemoryIdentity::tunnelKey);
    }

    @Override
    public Optional<String> host(byte[] key) {
        return authority.admitted().stream().filter(i -> Arrays.equals(i.tunnelKey, key)).map(MemoryIdentity::name).findFirst();
    }

    @Override
    public boolean expelled(String host) {
        return authority.expelled(host);
    }

    @Override
    public AutoCloseable listen(Runnable changed) {
        return authority.listen(changed);
    }

    @Override
    public String toString() {
        return "identity of " + name;
    }

    private SSLContext context(KeyPair keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(name, keys.getPrivate(), new char[0], new Certificate[] {x509, authority.certificate()});
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(own.getKeyManagers(), new TrustManager[] {new Believer(authority)}, null);
        context.getServerSessionContext().setSessionTimeout(NO_TICKETS_SECONDS);
        context.getClientSessionContext().setSessionTimeout(NO_TICKETS_SECONDS);
        return context;
    }

    private static byte[] littleEndian(BigInteger number) {
        byte[] bigEndian = new byte[KEY_BYTES];
        byte[] digits = number.toByteArray();
        int length = Math.min(digits.length, KEY_BYTES);
        System.arraycopy(digits, digits.length - length, bigEndian, KEY_BYTES - length, length);
        return reversed(bigEndian);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] out = new byte[bytes.length];
        for (int i = 0; i < out.length; i++) out[i] = bytes[out.length - 1 - i];
        return out;
    }

    /** Believes the authority's hosts that were not expelled, in both roles. */
    private static final class Believer extends X509ExtendedTrustManager {
        private final MemoryAuthority authority;

        Believer(MemoryAuthority authority) {
            this.authority = authority;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            authority.believe(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            authority.believe(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
            authority.believe(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
            authority.believe(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
            authority.believe(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
            authority.believe(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[] {authority.certificate()};
        }
    }
}
