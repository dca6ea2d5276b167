// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address with its prefix length, such as {@code 10.0.1.7/24}; the host bits are kept (RFC 4632, RFC 4291).
 * The text form is canonical: IPv6 as in RFC 5952.
 */
public record Cidr(String address, int prefix) implements Comparable<Cidr> {
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]+");

    public Cidr {
        byte[] bytes = bytes(address);
        if (prefix < 0 || prefix > bytes.length * 8) {
            throw new IllegalArgumentException("'" + address + "/" + prefix + "': prefix length must be 0 to " + bytes.length * 8);
        }
        address = text(bytes);
    }

    /** Parses {@code ADDRESS/PREFIX}; a bare address gets the full length. Throws IllegalArgumentException with the rule. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) return new Cidr(text, bytes(text).length * 8);
        try {
            return new Cidr(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "': expected ADDRESS/PREFIX such as 10.0.1.1/24");
        }
    }

    public boolean isIpv6() {
        return address.indexOf(':') >= 0;
    }

    /** The address in network order, 4 or 16 bytes. */
    public byte[] bytes() {
        return bytes(address);
    }

    /** The subnet: the same prefix with the host bits cleared. */
    public Cidr network() {
        byte[] b = bytes();
        for (int bit = prefix; bit < b.length * 8; bit++) b[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
        return new Cidr(text(b), prefix);
    }

    /** True when the other address or subnet lies wholly inside this subnet. */
    public boolean contains(Cidr other) {
        return isIpv6() == other.isIpv6() && prefix <= other.prefix && new Cidr(other.address, prefix).network().equals(network());
    }

    public boolean overlaps(Cidr other) {
        return contains(other) || other.contains(this);
    }

    /** The n-th address of this subnet with this prefix length; n counts from 0, the subnet's own address. */
    public Cidr host(long n) {
        byte[] base = network().bytes();
        BigInteger sum = new BigInteger(1, base).add(BigInteger.valueOf(n));
        byte[] raw = sum.toByteArray();
        byte[] out = new byte[base.length];
        for (int i = 0; i < out.length && i < raw.length; i++) out[out.length - 1 - i] = raw[raw.length - 1 - i];
        Cidr host = new Cidr(text(out), prefix);
        if (sum.bitLength() > base.length * 8 || !contains(host)) throw new IllegalArgumentException("address " + n + " is outside " + this);
        return host;
    }

    @Override
    public int compareTo(Cidr other) {
        byte[] a = bytes();
        byte[] b = other.bytes();
        if (a.length != b.length) return a.length - b.length;
        int byAddress = Arrays.compareUnsigned(a, b);
        return byAddress != 0 ? byAddress : prefix - other.prefix;
    }

    @Override
    public String toString() {
        return address + "/" + prefix;
    }

    private static byte[] bytes(String text) {
        // Only literals: a name must never reach the resolver.
        boolean v4 = IPV4.matcher(text).matches();
        boolean v6 = !v4 && text.indexOf(':') >= 0 && IPV6.matcher(text).matches();
        if (!v4 && !v6) throw new IllegalArgumentException("'" + text + "': not an IPv4 or IPv6 address");
        try {
            byte[] b = InetAddress.getByName(text).getAddress();
            if (v6 && b.length == 4) throw new IllegalArgumentException("'" + text + "': IPv4-mapped addresses are not accepted");
            return b;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + text + "': not an IPv4 or IPv6 address");
        }
    }

    private static String text(byte[] b) {
        if (b.length == 4) return (b[0] & 255) + "." + (b[1] & 255) + "." + (b[2] & 255) + "." + (b[3] & 255);
        int[] g = new int[8];
        for (int i = 0; i < 8; i++) g[i] = (b[2 * i] & 255) << 8 | b[2 * i + 1] & 255;
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int j = i;
            while (j < 8 && g[j] == 0) j++;
            if (j - i > bestLength) {
                best = i;
                bestLength = j - i;
            }
        }
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                s.append("::");
                i += bestLength - 1;
                continue;
            }
            if (s.length() > 0 && s.charAt(s.length() - 1) != ':') s.append(':');
            s.append(Integer.toHexString(g[i]));
        }
        return s.toString();
    }
}
