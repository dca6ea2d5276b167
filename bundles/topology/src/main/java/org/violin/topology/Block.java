// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.violin.api.model.Cidr;

/** A subnet as a range of numbers, both ends included; what address arithmetic is done with. */
record Block(boolean ipv6, int prefix, BigInteger low, BigInteger high) {
    static Block of(Cidr subnet) {
        int bits = subnet.isIpv6() ? 128 : 32;
        BigInteger size = BigInteger.ONE.shiftLeft(bits - subnet.prefix());
        BigInteger address = number(subnet);
        BigInteger low = address.subtract(address.mod(size));
        return new Block(subnet.isIpv6(), subnet.prefix(), low, low.add(size).subtract(BigInteger.ONE));
    }

    static Block at(BigInteger low, boolean ipv6, int prefix) {
        BigInteger size = BigInteger.ONE.shiftLeft((ipv6 ? 128 : 32) - prefix);
        return new Block(ipv6, prefix, low, low.add(size).subtract(BigInteger.ONE));
    }

    /** The address as a number. */
    static BigInteger number(Cidr address) {
        return new BigInteger(1, address.bytes());
    }

    BigInteger size() {
        return high.subtract(low).add(BigInteger.ONE);
    }

    boolean contains(Block other) {
        return ipv6 == other.ipv6 && low.compareTo(other.low) <= 0 && high.compareTo(other.high) >= 0;
    }

    boolean contains(BigInteger address) {
        return low.compareTo(address) <= 0 && high.compareTo(address) >= 0;
    }

    /** First address a vNIC may have: not the subnet's own, but in /31 and /127 (RFC 3021, RFC 6164) and single addresses. */
    BigInteger firstHost() {
        return prefix >= bits() - 1 ? low : low.add(BigInteger.ONE);
    }

    /** Last address a vNIC may have: in IPv4 not the broadcast address. */
    BigInteger lastHost() {
        return ipv6 || prefix >= bits() - 1 ? high : high.subtract(BigInteger.ONE);
    }

    BigInteger hosts() {
        return lastHost().subtract(firstHost()).add(BigInteger.ONE);
    }

    /** That address with this subnet's prefix length. */
    Cidr address(BigInteger number) {
        byte[] bytes = new byte[bits() / 8];
        byte[] raw = number.toByteArray();
        for (int i = 0; i < bytes.length && i < raw.length; i++) bytes[bytes.length - 1 - i] = raw[raw.length - 1 - i];
        try {
            return new Cidr(InetAddress.getByAddress(bytes).getHostAddress(), prefix);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    Cidr cidr() {
        return address(low);
    }

    private int bits() {
        return ipv6 ? 128 : 32;
    }
}
