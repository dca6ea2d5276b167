// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.violin.api.model.Cidr;
import org.violin.api.model.Mistake;
import org.violin.api.routing.RouterSpec;

/** Collects what is wrong with the settings of one service of one vRouter. */
final class Checked {
    private final RouterSpec router;
    private final String kind;
    private final Map<String, String> settings;
    private final List<Mistake> mistakes = new ArrayList<>();

    Checked(RouterSpec router, String kind, Map<String, String> settings) {
        this.router = router;
        this.kind = kind;
        this.settings = settings;
    }

    String where() {
        return router.id() + " " + kind;
    }

    List<Mistake> mistakes() {
        return mistakes;
    }

    void add(String value, String rule) {
        mistakes.add(new Mistake(where(), 0, value, rule));
    }

    /** Settings that this service does not have. */
    Checked known(String... keys) {
        List<String> known = List.of(keys);
        for (String key : settings.keySet()) {
            if (!known.contains(key)) add(key, "no such setting; there are " + (known.isEmpty() ? "none" : String.join(", ", known)));
        }
        return this;
    }

    /** What works on packets in the guest's kernel sees none that another forwarding forwards. */
    Checked kernel() {
        if (!router.forwarding().equals("kernel")) {
            add(router.forwarding(), "the service " + kind + " works in the guest's kernel, past which this forwarding goes: use forwarding kernel, or do it in "
                    + router.forwarding() + "'s own configuration");
        }
        return this;
    }

    /** The words of a setting, each a vNIC of the router; empty when it is not given. */
    List<String> nics(String key) {
        List<String> names = words(settings, key);
        for (String name : names) nic(name);
        return names;
    }

    void nic(String name) {
        if (router.nic(name).isPresent() || name.equals(Uplinks.NIC) && router.services().containsKey(Uplinks.KIND)) return;
        List<String> known = new ArrayList<>(router.nics().stream().map(n -> n.spec().name()).toList());
        add(name, "no vNIC of this router; it has " + (known.isEmpty() ? "none" : String.join(", ", known)));
    }

    /** The words of a setting, each an address or subnet. */
    List<Cidr> cidrs(String key) {
        List<Cidr> all = new ArrayList<>();
        for (String word : words(settings, key)) {
            try {
                all.add(Cidr.parse(word));
            } catch (IllegalArgumentException e) {
                add(word, key + " must be addresses or subnets");
            }
        }
        return all;
    }

    /** A setting's words, joined by commas. */
    static List<String> words(Map<String, String> settings, String key) {
        String text = settings.getOrDefault(key, "").strip();
        return text.isEmpty() ? List.of() : Arrays.stream(text.split("[, ]+")).distinct().toList();
    }

    /** Words as an nftables set of strings. */
    static String quoted(Iterable<String> words) {
        TreeSet<String> all = new TreeSet<>();
        words.forEach(word -> all.add("\"" + word + "\""));
        return "{ " + String.join(", ", all) + " }";
    }
}
