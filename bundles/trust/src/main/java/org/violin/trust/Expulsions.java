// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;

/** The list of the expelled as all hosts share it: a value {@code /expelled/NAME} each. It grows together with the roll's; nothing leaves. */
final class Expulsions {
    static final String PATH = "/expelled";
    private static final Logger LOG = LoggerFactory.getLogger(Expulsions.class);
    private static final int ATTEMPTS = 5;

    private final Roll roll;
    private final Anchor anchor;
    private final Post post;
    private final Set<String> complained = new HashSet<>();

    Expulsions(Roll roll, Anchor anchor, Post post) {
        this.roll = roll;
        this.anchor = anchor;
        this.post = post;
    }

    /** Expels a host everywhere. Any thread. Throws when nothing was changed, saying why. */
    void expel(String name, SharedState state) throws StateException {
        if (name.equals(anchor.authorityName())) {
            throw new StateException("host '" + name + "' is the authority and cannot be expelled", false, null);
        }
        Optional<Expulsion> before = roll.expulsion(name);
        Optional<HostCertificate> host = roll.host(name);
        if (host.isEmpty() && before.isEmpty()) {
            throw new StateException("this host knows of no host '" + name
                    + "'; try it on the authority, '" + anchor.authorityName() + "'", false, null);
        }
        if (state == null) throw new StateException("the shared state is out of reach: this host has not joined", false, null);
        apply(push(state, host.map(h -> Expulsion.of(h, anchor.nowSeconds())).orElseGet(before::get)));
    }

    /** Takes over what others expelled and gives them what they lack. Called by one thread. */
    void exchange(SharedState state) throws StateException {
        List<String> names = state.children(PATH);
        for (String name : names) {
            try {
                Optional<SharedState.Value> value = state.read(PATH + "/" + name);
                if (value.isPresent()) take(name, parse(name, value.get()));
            } catch (IllegalArgumentException e) {
                complain(name, "is not understood: " + e.getMessage());
            }
        }
        Set<String> there = new HashSet<>(names);
        for (Expulsion own : new ArrayList<>(roll.expulsions())) {
            if (!there.contains(own.name())) push(state, own);
        }
    }

    private void take(String name, Expulsion expulsion) {
        if (name.equals(anchor.authorityName())) {
            complain(name, "is passed over: the authority cannot be expelled");
        } else {
            apply(expulsion);
        }
    }

    private void apply(Expulsion expulsion) {
        if (!roll.expel(expulsion)) return;
        LOG.info("host {} is expelled", expulsion.name());
        post.post("host/expelled", expulsion.name(), "host " + expulsion.name() + " is expelled: its keys are worthless");
    }

    /** Writes the union of what is there and this one. Returns it. */
    private Expulsion push(SharedState state, Expulsion expulsion) throws StateException {
        String path = PATH + "/" + expulsion.name();
        for (int attempt = 1; ; attempt++) {
            Optional<SharedState.Value> there = state.read(path);
            Expulsion merged = expulsion;
            try {
                if (there.isPresent()) merged = expulsion.merge(parse(expulsion.name(), there.get()));
            } catch (IllegalArgumentException e) {
                complain(expulsion.name(), "is replaced: " + e.getMessage());
            }
            try {
                state.write(path, merged.text().getBytes(StandardCharsets.US_ASCII),
                        there.map(SharedState.Value::version).orElse(SharedState.ABSENT));
                return merged;
            } catch (StateException e) {
                if (!e.conflict() || attempt == ATTEMPTS) throw e;
            }
        }
    }

    private Expulsion parse(String name, SharedState.Value value) {
        return Expulsion.parse(name, new String(value.data(), StandardCharsets.US_ASCII), anchor.nowSeconds() + Anchor.SKEW_SECONDS);
    }

    private synchronized void complain(String name, String what) {
        if (complained.size() < Roll.MAX_HOSTS && complained.add(name + what)) LOG.warn("the shared value {}/{} {}", PATH, name, what);
    }
}
