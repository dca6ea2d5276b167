// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.model.Refused;

/**
 * Places elsewhere what ran on overlay hosts that are gone for long. Off by default: who is cut off looks the same as who is dead. Called
 * by: the leader's sweeper, one thread.
 */
final class Failover {
    /** What was refused is tried again after so long. */
    private static final long AGAIN_MILLIS = 60_000;

    private final Members members;
    private final Emptying emptying;
    private final Announcer announcer;
    private final LongSupplier clock;
    private final Map<String, Long> goneSince = new HashMap<>();
    private final Map<String, Long> notBefore = new HashMap<>();
    private volatile long afterMillis;

    /** Places all of a host elsewhere and says how many violins that were. */
    interface Emptying {
        int empty(String host) throws Refused;
    }

    /** @param clock milliseconds, only forwards */
    Failover(Members members, Emptying emptying, Announcer announcer, LongSupplier clock) {
        this.members = members;
        this.emptying = emptying;
        this.announcer = announcer;
        this.clock = clock;
    }

    /** 0: never. */
    void after(long millis) {
        afterMillis = millis;
    }

    /** Looks once; whoever is gone long enough is emptied. */
    void look(Collection<PlacedSpec> specs) {
        long now = clock.getAsLong();
        Set<String> live = members.hosts().stream().map(HostInfo::name).collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>();
        specs.forEach(s -> missing.addAll(s.hosts()));
        missing.removeAll(live);
        goneSince.keySet().retainAll(missing);
        notBefore.keySet().retainAll(missing);
        for (String host : missing) {
            goneSince.putIfAbsent(host, now);
            boolean due = afterMillis > 0 && now - goneSince.get(host) >= afterMillis && now >= notBefore.getOrDefault(host, Long.MIN_VALUE);
            if (!due || !members.connected()) continue;
            notBefore.put(host, now + AGAIN_MILLIS);
            try {
                int violins = emptying.empty(host);
                announcer.announce("placement/failover", host, "what ran on " + host + " was placed elsewhere: " + violins + " violins");
            } catch (Refused e) {
                announcer.announce("placement/refused", host, host + " is gone, and what ran there fits nowhere: " + e.mistakes().get(0).rule());
            }
        }
    }
}
