// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.util.Map;

/**
 * What a violin file says of one switch; other attributes of the node are nobody's mistake and ignored.
 *
 * @param table MAC addresses known at once
 * @param ageingSeconds after which a silent address is forgotten (IEEE 802.1D: 10 to 1,000,000, default 300)
 * @param groups multicast groups known at once; each has room for four members on average
 * @param snooping whether IGMP and MLD are followed at all
 */
record LearningSettings(int table, int ageingSeconds, int groups, boolean snooping) {
    static final LearningSettings DEFAULT = new LearningSettings(4096, 300, 1024, true);

    static LearningSettings parse(Map<String, String> attributes) {
        return new LearningSettings(
                number(attributes, "table", DEFAULT.table, 16, 1 << 20, "MAC addresses"),
                number(attributes, "ageing", DEFAULT.ageingSeconds, 10, 1_000_000, "seconds"),
                number(attributes, "groups", DEFAULT.groups, 16, 1 << 16, "multicast groups"),
                flag(attributes, "snooping", DEFAULT.snooping));
    }

    long ageingNanos() {
        return ageingSeconds * 1_000_000_000L;
    }

    private static int number(Map<String, String> attributes, String name, int otherwise, int min, int max, String unit) {
        String text = attributes.get(name);
        if (text == null) return otherwise;
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= min && value <= max) return value;
        } catch (NumberFormatException e) {
            // said below, with the rule
        }
        String rule = "must be a whole number of " + unit + ", " + min + " to " + max;
        throw new IllegalArgumentException("attribute " + name + " '" + text + "': " + rule);
    }

    private static boolean flag(Map<String, String> attributes, String name, boolean otherwise) {
        String text = attributes.get(name);
        if (text == null) return otherwise;
        return switch (text.trim()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("attribute " + name + " '" + text + "': must be true or false");
        };
    }
}
