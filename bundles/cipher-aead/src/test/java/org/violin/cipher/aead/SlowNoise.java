// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A second implementation to compare with: Noise IK written down step by step from the specification for one who knows all private keys,
 * X25519 by the formulas of RFC 7748 section 5 over BigInteger, HMAC by RFC 2104 over SHA-256.
 */
final class SlowNoise {
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger A24 = BigInteger.valueOf(121_665);
    static final byte[] BASE = Arrays.copyOf(new byte[] {9}, 32);

    final byte[] first;
    final byte[] second;
    final byte[] toResponder;
    final byte[] toInitiator;

    private final boolean aes;
    private byte[] h;
    private byte[] ck;
    private byte[] k;
    private int n;

    SlowNoise(String name, byte[] prologue, byte[] si, byte[] ei, byte[] sr, byte[] er, byte[] payload1, byte[] payload2) throws Exception {
        aes = name.contains("AESGCM");
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        h = ascii.length <= 32 ? Arrays.copyOf(ascii, 32) : sha(ascii);
        ck = h;
        mix(prologue);
        mix(x25519(sr, BASE));
        byte[] e1 = x25519(ei, BASE);
        mix(e1);
        key(x25519(ei, x25519(sr, BASE)));
        byte[] s = seal(x25519(si, BASE));
        key(x25519(si, x25519(sr, BASE)));
        first = cat(e1, s, seal(payload1));
        byte[] e2 = x25519(er, BASE);
        mix(e2);
        key(x25519(er, e1));
        key(x25519(er, x25519(si, BASE)));
        second = cat(e2, seal(payload2));
        byte[] t = hmac(ck, new byte[0]);
        toResponder = hmac(t, new byte[] {1});
        toInitiator = hmac(t, cat(toResponder, new byte[] {2}));
    }

    private void mix(byte[] data) throws Exception {
        h = sha(cat(h, data));
    }

    private void key(byte[] secret) throws Exception {
        byte[] t = hmac(ck, secret);
        ck = hmac(t, new byte[] {1});
        k = hmac(t, cat(ck, new byte[] {2}));
        n = 0;
    }

    private byte[] seal(byte[] plain) throws GeneralSecurityException, Exception {
        byte[] nonce = new byte[12];
        nonce[aes ? 11 : 4] = (byte) n++;
        Cipher cipher = Cipher.getInstance(aes ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(k, aes ? "AES" : "ChaCha20"), aes ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce));
        cipher.updateAAD(h);
        byte[] sealed = cipher.doFinal(plain);
        mix(sealed);
        return sealed;
    }

    static byte[] x25519(byte[] scalar, byte[] point) {
        byte[] clamped = scalar.clone();
        clamped[0] &= (byte) 248;
        clamped[31] = (byte) (clamped[31] & 127 | 64);
        byte[] masked = point.clone();
        masked[31] &= 127;
        BigInteger number = little(clamped);
        BigInteger x1 = little(masked);
        BigInteger x2 = BigInteger.ONE;
        BigInteger z2 = BigInteger.ZERO;
        BigInteger x3 = x1;
        BigInteger z3 = BigInteger.ONE;
        boolean swap = false;
        for (int t = 254; t >= 0; t--) {
            boolean bit = number.testBit(t);
            if (swap != bit) {
                BigInteger x = x2;
                x2 = x3;
                x3 = x;
                BigInteger z = z2;
                z2 = z3;
                z3 = z;
            }
            swap = bit;
            BigInteger a = x2.add(z2);
            BigInteger aa = a.multiply(a).mod(P);
            BigInteger b = x2.subtract(z2);
            BigInteger bb = b.multiply(b).mod(P);
            BigInteger e = aa.subtract(bb);
            BigInteger da = x3.subtract(z3).multiply(a).mod(P);
            BigInteger cb = x3.add(z3).multiply(b).mod(P);
            x3 = da.add(cb).pow(2).mod(P);
            z3 = x1.multiply(da.subtract(cb).pow(2)).mod(P);
            x2 = aa.multiply(bb).mod(P);
            z2 = e.multiply(aa.add(A24.multiply(e))).mod(P);
        }
        BigInteger result = (swap ? x3 : x2).multiply((swap ? z3 : z2).modPow(P.subtract(BigInteger.TWO), P)).mod(P);
        byte[] out = new byte[32];
        for (int i = 0; i < 32; i++) out[i] = result.shiftRight(8 * i).byteValue();
        return out;
    }

    private static BigInteger little(byte[] bytes) {
        BigInteger number = BigInteger.ZERO;
        for (int i = bytes.length - 1; i >= 0; i--) number = number.shiftLeft(8).or(BigInteger.valueOf(bytes[i] & 0xFF));
        return number;
    }

    static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
        byte[] inner = new byte[64];
        byte[] outer = new byte[64];
        for (int i = 0; i < 64; i++) {
            byte one = i < key.length ? key[i] : 0;
            inner[i] = (byte) (one ^ 0x36);
            outer[i] = (byte) (one ^ 0x5c);
        }
        return sha(cat(outer, sha(cat(inner, data))));
    }

    static byte[] sha(byte[] data) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(data);
    }

    static byte[] cat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }
}
