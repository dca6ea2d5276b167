// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import org.violin.api.cluster.Identity;

/**
 * One handshake of pattern IK (Noise protocol framework, revision 34, section 7.5): {@code <- s}, then {@code -> e, es, s, ss} and
 * {@code <- e, ee, se}. Messages here are without frames around them. What cannot be authentic is answered with null. One thread.
 */
final class NoiseIk {
    static final int STATIC = Curve.KEY + Suite.TAG;
    /** Bytes of an initiation before its payload, and of a response. */
    static final int BEFORE_PAYLOAD = Curve.KEY + STATIC;

    private final Identity self;
    private final KeyPair ephemeral;
    private SymmetricState state;
    private byte[] remoteStatic;
    private byte[] remoteEphemeral;

    private NoiseIk(Suite suite, byte[] prologue, Identity self, KeyPair ephemeral, byte[] responder) {
        this.self = self;
        this.ephemeral = ephemeral;
        state = new SymmetricState(suite, prologue);
        state.mixHash(responder);
    }

    static NoiseIk initiator(Suite suite, byte[] prologue, Identity self, KeyPair ephemeral, byte[] responder) {
        NoiseIk noise = new NoiseIk(suite, prologue, self, ephemeral, responder);
        noise.remoteStatic = responder.clone();
        return noise;
    }

    static NoiseIk responder(Suite suite, byte[] prologue, Identity self) {
        return new NoiseIk(suite, prologue, self, null, self.tunnelKey());
    }

    /** Initiator: e, es, s, ss. Null: the responder's key is worthless. */
    byte[] initiation(byte[] payload) {
        try {
            byte[] own = Curve.bytes(ephemeral.getPublic());
            state.mixHash(own);
            state.mixKey(Curve.agree(ephemeral.getPrivate(), remoteStatic));
            byte[] sealedStatic = state.encryptAndHash(self.tunnelKey());
            state.mixKey(self.agree(remoteStatic));
            return join(own, sealedStatic, state.encryptAndHash(payload));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Responder: e, es, s. Returns who the initiator says it is, which is proved by {@link #payload} only. */
    byte[] initiator(byte[] message) {
        try {
            remoteEphemeral = Arrays.copyOf(message, Curve.KEY);
            state.mixHash(remoteEphemeral);
            state.mixKey(self.agree(remoteEphemeral));
            remoteStatic = state.decryptAndHash(Arrays.copyOfRange(message, Curve.KEY, BEFORE_PAYLOAD));
            return remoteStatic;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Responder: ss, and the payload. */
    byte[] payload(byte[] message) {
        try {
            state.mixKey(self.agree(remoteStatic));
            return state.decryptAndHash(Arrays.copyOfRange(message, BEFORE_PAYLOAD, message.length));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Responder: e, ee, se. */
    byte[] response(KeyPair own, byte[] payload) {
        try {
            byte[] bytes = Curve.bytes(own.getPublic());
            state.mixHash(bytes);
            state.mixKey(Curve.agree(own.getPrivate(), remoteEphemeral));
            state.mixKey(Curve.agree(own.getPrivate(), remoteStatic));
            return join(bytes, state.encryptAndHash(payload), new byte[0]);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    /** Initiator: the response's payload. After null another response may be tried. */
    byte[] accept(byte[] message) {
        SymmetricState tried = state.copy();
        try {
            byte[] other = Arrays.copyOf(message, Curve.KEY);
            tried.mixHash(other);
            tried.mixKey(Curve.agree(ephemeral.getPrivate(), other));
            tried.mixKey(self.agree(other));
            byte[] payload = tried.decryptAndHash(Arrays.copyOfRange(message, Curve.KEY, message.length));
            SymmetricState used = payload == null ? tried : state;
            if (payload != null) state = tried;
            used.wipe();
            return payload;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            tried.wipe();
            return null;
        }
    }

    /** The keys of both directions, the initiator's first. */
    byte[][] split() {
        return state.split();
    }

    void wipe() {
        state.wipe();
    }

    private static byte[] join(byte[] a, byte[] b, byte[] c) {
        byte[] all = Arrays.copyOf(a, a.length + b.length + c.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        System.arraycopy(c, 0, all, a.length + b.length, c.length);
        return all;
    }
}
