// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The ways that vLinks go, each from its first vLink on until the uplink finds it without. */
final class Ways {
    /** What waits for a tunnel, together. */
    static final long HOLD_BYTES = 32L << 20;

    private static final int PATIENCE_TICKS = 4;

    private record Key(String host, String violin) {}

    private final Map<Key, Way> ways = new HashMap<>();
    private final Hold.Budget budget = new Hold.Budget(HOLD_BYTES);
    private final Uplink uplink;
    private final Role role;

    Ways(Uplink uplink, Role role) {
        this.uplink = uplink;
        this.role = role;
    }

    synchronized Way use(String host, String violin) {
        Way way = ways.computeIfAbsent(new Key(host, violin), k -> new Way(host, violin, uplink, new Hold(HOLD_BYTES, budget, role), uplink.now()));
        way.users++;
        return way;
    }

    synchronized void leave(Way way) {
        way.users--;
    }

    synchronized List<Way> all() {
        return new ArrayList<>(ways.values());
    }

    /**
     * Says of each way which line it shall go, if any.
     *
     * @param hosts the others that are joined
     * @param configured cipher of violins that ask for none
     * @param usable whether there is a tunnel with that line's cipher, or none at all
     */
    void aim(Set<String> hosts, Channels channels, String configured, Predicate<Way.Line> usable) {
        for (Way way : all()) {
            Channels.Channel channel = channels.of(way.violin);
            if (channel != null && hosts.contains(way.host)) {
                way.aim(new Way.Line(way.host, way.violin, channel.cipher(configured), channel.number()), usable, uplink.now());
                if (way.exit() == null) way.suspend(Drop.NO_TUNNEL);
            } else {
                way.aimNowhere();
                way.suspend(channel == null ? Drop.NO_VIOLIN : Drop.NO_PEER);
            }
        }
    }

    /** Those that no vLink has gone for some ticks, as links are often laid anew; they are forgotten. */
    synchronized List<Way> sweep() {
        List<Way> gone = new ArrayList<>();
        ways.values().removeIf(way -> {
            way.unusedTicks = way.users == 0 ? way.unusedTicks + 1 : 0;
            return way.unusedTicks >= PATIENCE_TICKS && gone.add(way);
        });
        return gone;
    }

    long heldBytes() {
        return budget.used();
    }
}
