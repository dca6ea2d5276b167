// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a router says so that traffic goes elsewhere: RFC 6987 for OSPF, RFC 8326 for BGP, the overload bit of IS-IS. Pure. */
final class Departure {
    private static final Map<String, String> WORDS = Map.of("router ospf", "max-metric router-lsa administrative", "router ospf6",
            "stub-router administrative", "router bgp", "bgp graceful-shutdown", "router isis", "set-overload-bit");

    private Departure() {}

    /** The commands for the protocols of a configuration. */
    static List<Config.Step> away(Config config) {
        return steps(config, "");
    }

    /** The commands that take them back. */
    static List<Config.Step> back(Config config) {
        return steps(config, "no ");
    }

    private static List<Config.Step> steps(Config config, String before) {
        List<Config.Step> steps = new ArrayList<>();
        for (List<String> context : config.contexts()) {
            if (context.size() != 1) continue;
            String[] words = context.get(0).split(" ");
            String said = words.length < 2 ? null : WORDS.get(words[0] + " " + words[1]);
            if (said != null) steps.add(new Config.Step(context, before + said));
        }
        return steps;
    }
}
