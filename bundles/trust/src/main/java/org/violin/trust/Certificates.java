// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Makes certificates (X.509 v3, RFC 5280) and requests for them (PKCS 10, RFC 2986), ECDSA P-256 with SHA-256. */
final class Certificates {
    static final long AUTHORITY_SECONDS = 3650L * 24 * 3600;
    static final long HOST_SECONDS = 365L * 24 * 3600;
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 127;
    /** RFC 1123 2.1; only such names become a DNS name in a certificate. */
    private static final Pattern DNS = Pattern.compile("(?!.*[-.]{2})[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?");

    private Certificates() {}

    /** The authority's own, signed by itself. The subject's CN is the host that holds the key. */
    static X509Certificate authority(String name, KeyPair keys, long nowSeconds) {
        X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "VIOLIN lab authority").addRDN(BCStyle.CN, name).build();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(subject, serial(), date(nowSeconds),
                    date(nowSeconds + AUTHORITY_SECONDS), subject, keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(Extension.subjectKeyIdentifier, false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
            return sign(builder, keys.getPrivate());
        } catch (Exception e) {
            throw new IllegalStateException("the authority's certificate cannot be made", e);
        }
    }

    /** A host's, for TLS in both roles, bound to its tunnel key. */
    static X509Certificate host(AuthorityKeys authority, String name, String address, PublicKey key, byte[] tunnelKey, long fromSeconds) {
        X500Name subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, HostCertificate.TUNNEL_URI + Crypto.hex(tunnelKey)));
        if (DNS.matcher(name).matches()) names.add(new GeneralName(GeneralName.dNSName, name));
        names.add(new GeneralName(GeneralName.iPAddress, address));
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(authority.certificate(), serial(), date(fromSeconds),
                    date(fromSeconds + HOST_SECONDS), subject, key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false,
                    new ExtendedKeyUsage(new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(new GeneralName[0])));
            builder.addExtension(Extension.authorityKeyIdentifier, false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.certificate()));
            return sign(builder, authority.secret());
        } catch (Exception e) {
            throw new IllegalStateException("the certificate of " + name + " cannot be made", e);
        }
    }

    /** DER of a request for a certificate, signed with the key it asks for: the proof that the asker has it. */
    static byte[] request(String name, KeyPair keys) {
        try {
            return new JcaPKCS10CertificationRequestBuilder(
                    new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build(), keys.getPublic())
                    .build(new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate())).getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("a request for a certificate cannot be made", e);
        }
    }

    /** The key of a request. Throws IllegalArgumentException when it is not signed by it, not P-256, or for another name. */
    static PublicKey requested(String name, byte[] der) {
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
            PublicKey key = request.getPublicKey();
            boolean sound = Crypto.p256(key) && request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))
                    && request.getSubject().equals(new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build());
            if (sound) return key;
        } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException | RuntimeException e) {
            throw new IllegalArgumentException("the request for a certificate is not understood", e);
        }
        throw new IllegalArgumentException("the request for a certificate is not sound");
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws OperatorCreationException, CertificateException {
        return new JcaX509CertificateConverter().getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
    }

    private static BigInteger serial() {
        return new BigInteger(SERIAL_BITS, Crypto.RANDOM).setBit(SERIAL_BITS - 1);
    }

    private static Date date(long seconds) {
        return Date.from(Instant.ofEpochSecond(seconds));
    }
}
