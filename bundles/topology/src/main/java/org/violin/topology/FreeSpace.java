// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which ranges of one address family are taken, and the lowest free one of a size in a pool. */
final class FreeSpace {
    private final TreeMap<BigInteger, BigInteger> taken = new TreeMap<>();
    private final Map<String, BigInteger> cursors = new HashMap<>();

    /** False when it overlaps one that is taken; then nothing changes. */
    boolean take(Block block) {
        if (!isFree(block)) return false;
        taken.put(block.low(), block.high());
        return true;
    }

    boolean isFree(Block block) {
        return next(block.low(), block) == null;
    }

    /** Takes the lowest free subnet of that prefix length in the pool at or after {@code from}. */
    Optional<Block> takeFree(Block pool, BigInteger from, int prefix) {
        if (prefix < pool.prefix()) return Optional.empty();
        String kind = from + "/" + prefix;
        Block at = Block.at(cursors.getOrDefault(kind, from), pool.ipv6(), prefix);
        while (pool.contains(at)) {
            BigInteger end = next(at.low(), at);
            if (end == null) {
                taken.put(at.low(), at.high());
                cursors.put(kind, at.high().add(BigInteger.ONE));
                return Optional.of(at);
            }
            // Jump behind what is in the way, up to the next multiple of the size.
            BigInteger behind = end.add(BigInteger.ONE);
            BigInteger rest = behind.mod(at.size());
            at = Block.at(rest.signum() == 0 ? behind : behind.add(at.size()).subtract(rest), pool.ipv6(), prefix);
        }
        cursors.put(kind, at.low());
        return Optional.empty();
    }

    /** The end of the last taken range that overlaps the block, or null. */
    private BigInteger next(BigInteger low, Block block) {
        Map.Entry<BigInteger, BigInteger> before = taken.floorEntry(block.high());
        return before != null && before.getValue().compareTo(low) >= 0 ? before.getValue() : null;
    }
}
