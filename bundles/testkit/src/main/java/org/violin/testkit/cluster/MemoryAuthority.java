// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.violin.api.cluster.Identity;

/**
 * A lab's authority in memory, with real keys: X25519 for tunnels, ECDSA P-256 certificates (CN is the host's name) for TLS. Two of them
 * are strangers to each other. Any thread; listeners are called on the thread of {@link #identity} or {@link #expel}.
 */
public final class MemoryAuthority {
    private static final X500Name NAME = new X500Name("CN=violin test authority");

    private final SecureRandom random = new SecureRandom();
    private final KeyPair keys = ecKeys();
    private final X509Certificate certificate;
    private final String labSecret = HexFormat.of().formatHex(random.generateSeed(32));
    private final Map<String, MemoryIdentity> admitted = new ConcurrentHashMap<>();
    private final Map<BigInteger, String> expelledSerials = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    public MemoryAuthority() {
        certificate = sign(NAME, keys.getPublic(), null);
    }

    /**
     * The identity of an admitted host. The first call for a name admits it and calls the listeners; later ones return the same; after
     * {@link #expel} the host is admitted again under new keys, and the old identity stays worthless.
     */
    public Identity identity(String host) {
        boolean fresh;
        MemoryIdentity identity;
        synchronized (this) {
            identity = admitted.get(host);
            fresh = identity == null;
            if (fresh) {
                KeyPair own = ecKeys();
                identity = new MemoryIdentity(this, host, own, sign(new X500Name("CN=" + host), own.getPublic(), host));
                admitted.put(host, identity);
            }
        }
        if (fresh) tell();
        return identity;
    }

    /** Makes the keys of a host worthless; a name that was never admitted is fine. Calls the listeners. */
    public void expel(String host) {
        MemoryIdentity gone = admitted.remove(host);
        if (gone != null) expelledSerials.put(gone.x509().getSerialNumber(), host);
        tell();
    }

    /** The certificate that all others are signed with. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** CN of a believed certificate. Throws CertificateException for strangers and the expelled. */
    String believe(X509Certificate[] chain) throws CertificateException {
        if (chain == null || chain.length == 0) throw new CertificateException("no certificate");
        try {
            chain[0].verify(certificate.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateException("not of this lab's authority", e);
        }
        chain[0].checkValidity();
        if (expelledSerials.containsKey(chain[0].getSerialNumber())) throw new CertificateException("host was expelled");
        return chain[0].getSubjectX500Principal().getName().substring("CN=".length());
    }

    String labSecret() {
        return labSecret;
    }

    boolean expelled(String host) {
        return !admitted.containsKey(host) && expelledSerials.containsValue(host);
    }

    Optional<MemoryIdentity> admitted(String host) {
        return Optional.ofNullable(admitted.get(host));
    }

    List<MemoryIdentity> admitted() {
        return List.copyOf(admitted.values());
    }

    AutoCloseable listen(Runnable changed) {
        Runnable entry = changed::run;
        listeners.add(entry);
        return () -> listeners.remove(entry);
    }

    private void tell() {
        listeners.forEach(Runnable::run);
    }

    /** A certificate valid from yesterday for ten years. Host null: the authority's own. */
    private X509Certificate sign(X500Name subject, PublicKey key, String host) {
        try {
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(NAME, new BigInteger(127, random).setBit(126),
                    Date.from(now.minus(1, ChronoUnit.DAYS)), Date.from(now.plus(3650, ChronoUnit.DAYS)), subject, key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(host == null));
            if (host != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                    new GeneralName(GeneralName.dNSName, host), new GeneralName(GeneralName.iPAddress, "127.0.0.1")}));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (CertIOException | OperatorCreationException | CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair ecKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
