// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Predicate;
import org.violin.api.model.Cidr;
import org.violin.api.model.Names;

/** The authority's decisions: who gets which certificate. One at a time. */
final class Registrar {
    private final AuthorityKeys keys;
    private final Roll roll;
    private final TokenStore tokens;
    private final Predicate<String> living;
    private final String self;
    private final Clock clock;

    /** @param living true for a host that is joined right now */
    Registrar(AuthorityKeys keys, Roll roll, TokenStore tokens, Predicate<String> living, String self, Clock clock) {
        this.keys = keys;
        this.roll = roll;
        this.tokens = tokens;
        this.living = living;
        this.self = self;
        this.clock = clock;
    }

    AuthorityKeys keys() {
        return keys;
    }

    TokenStore tokens() {
        return tokens;
    }

    /** Lets a host in and uses the token up, which is gone for good before this returns. */
    synchronized X509Certificate admit(TokenStore.Kept token, String name, String address, byte[] request, byte[] tunnelKey) throws Refusal {
        if (Names.nodeMistake(name).isPresent()) throw new Refusal("the name is not good: " + Names.NODE_RULE);
        if (!token.host().isEmpty() && !token.host().equals(name)) {
            throw new Refusal("the token is for host '" + token.host() + "', not '" + name + "'; use that name, or make another token");
        }
        PublicKey key = requested(name, address, request);
        String tunnelHex = Crypto.hex(tunnelKey);
        Optional<HostCertificate> there = roll.host(name);
        if (name.equals(self) || there.isPresent() && (token.host().isEmpty() || living.test(name))) {
            throw new Refusal("the name '" + name + "' is taken by an admitted host; join under another one, or remove that host first");
        }
        if (roll.tunnelKeyUsed(tunnelHex)) throw new Refusal("the tunnel key was used before; make new keys");
        if (there.isEmpty() && roll.full()) throw new Refusal("the lab has " + Roll.MAX_HOSTS + " hosts; remove one first");
        try {
            if (!tokens.redeem(token)) throw new Refusal("the token was used already, or has expired; make another one");
        } catch (KeyFileException e) {
            throw new Refusal("the token cannot be used up on the authority; see the log there");
        }
        there.ifPresent(old -> roll.expel(Expulsion.of(old, now())));
        long from = Math.max(now(), roll.expulsion(name).map(e -> e.until() + 1).orElse(0L));
        return issue(name, address, key, tunnelKey, from);
    }

    /** A new certificate for the keys of an admitted host. */
    synchronized X509Certificate renew(HostCertificate old, String address, byte[] request) throws Refusal {
        if (roll.host(old.name()).filter(h -> h.tunnelKey().equals(old.tunnelKey())).isEmpty()) {
            throw new Refusal("there is a newer host of that name");
        }
        PublicKey key = requested(old.name(), address, request);
        if (!key.equals(old.x509().getPublicKey())) throw new Refusal("the request is for another key");
        return issue(old.name(), address, key, Crypto.unhex(old.tunnelKey()), Math.max(now(), old.notBefore() + 1));
    }

    private X509Certificate issue(String name, String address, PublicKey key, byte[] tunnelKey, long from) throws Refusal {
        X509Certificate certificate = Certificates.host(keys, name, address, key, tunnelKey, from);
        try {
            if (roll.learn(roll.believe(certificate)) && roll.saved()) return certificate;
        } catch (CertificateException e) {
            throw new Refusal("the authority's clock and the list of the expelled do not fit together; see the log there");
        }
        throw new Refusal("the authority cannot keep the list of hosts; see the log there");
    }

    private static PublicKey requested(String name, String address, byte[] request) throws Refusal {
        try {
            if (address.indexOf('/') >= 0) throw new IllegalArgumentException("the address has a prefix");
            Cidr.parse(address);
            return Certificates.requested(name, request);
        } catch (IllegalArgumentException e) {
            throw new Refusal("the request is not sound");
        }
    }

    private long now() {
        return clock.millis() / 1000;
    }
}
