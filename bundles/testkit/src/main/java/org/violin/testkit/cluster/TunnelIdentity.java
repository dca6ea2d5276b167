// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.KeyAgreement;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.violin.api.cluster.Identity;

/** Identities with real X25519 keys and nothing else: no certificates, no TLS. For tests of ciphers. Any thread. */
public final class TunnelIdentity implements Identity {
    private static final byte[] PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00};

    /** Those who believe each other. */
    public static final class Lab {
        private final Map<String, TunnelIdentity> admitted = new ConcurrentHashMap<>();
        private final Set<String> expelled = ConcurrentHashMap.newKeySet();
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

        /** Admits a host under a new key. */
        public TunnelIdentity admit(String host) {
            return admit(host, generate());
        }

        /** Admits a host under that key. */
        public TunnelIdentity admit(String host, KeyPair keys) {
            TunnelIdentity identity = new TunnelIdentity(this, host, keys);
            expelled.remove(host);
            admitted.put(host, identity);
            listeners.forEach(Runnable::run);
            return identity;
        }

        /** Makes a host's key worthless. */
        public void expel(String host) {
            admitted.remove(host);
            expelled.add(host);
            listeners.forEach(Runnable::run);
        }

        /** How many listen: 0 when all who did have stopped. */
        public int listeners() {
            return listeners.size();
        }
    }

    private final Lab lab;
    private final String name;
    private final KeyPair keys;

    private TunnelIdentity(Lab lab, String name, KeyPair keys) {
        this.lab = lab;
        this.name = name;
        this.keys = keys;
    }

    private static KeyPair generate() {
        try {
            return KeyPairGenerator.getInstance("X25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For a test that plays this host elsewhere. */
    public KeyPair keys() {
        return keys;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String certificate() {
        return "";
    }

    @Override
    public String labSecret() {
        return "secret of a test";
    }

    @Override
    public SSLContext tls() {
        throw new UnsupportedOperationException("this twin has tunnel keys only");
    }

    @Override
    public String peer(SSLSession session) {
        throw new UnsupportedOperationException("this twin has tunnel keys only");
    }

    @Override
    public byte[] tunnelKey() {
        byte[] encoded = keys.getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    }

    @Override
    public byte[] agree(byte[] publicKey) {
        if (publicKey.length != 32) throw new IllegalArgumentException("key of " + publicKey.length + " bytes");
        byte[] encoded = Arrays.copyOf(PREFIX, PREFIX.length + publicKey.length);
        System.arraycopy(publicKey, 0, encoded, PREFIX.length, publicKey.length);
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(keys.getPrivate());
            agreement.doPhase(KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(encoded)), true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("worthless key", e);
        }
    }

    @Override
    public Optional<byte[]> tunnelKey(String host) {
        return Optional.ofNullable(lab.admitted.get(host)).map(TunnelIdentity::tunnelKey);
    }

    @Override
    public Optional<String> host(byte[] tunnelKey) {
        return lab.admitted.values().stream().filter(one -> Arrays.equals(one.tunnelKey(), tunnelKey)).map(one -> one.name).findFirst();
    }

    @Override
    public boolean expelled(String host) {
        return lab.expelled.contains(host);
    }

    @Override
    public AutoCloseable listen(Runnable changed) {
        lab.listeners.add(changed);
        return () -> lab.listeners.remove(changed);
    }
}
