// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The condition keys of a link, of all links of a LAN, or of all links at all, checked as they are read; {@link #apply} lays them over a link. */
final class LinkKeys {
    private static final Set<String> RESERVED = Set.copyOf(Keys.LINK);
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, ConditionKeys.Setting> conditions;
    private final Double cost;

    /** @param withLabels false where the labels belong to the LAN's vSwitch */
    LinkKeys(Fields fields, boolean withLabels, Mistakes mistakes) {
        cost = fields.parsed("cost", Quantity.COST_RULE, Quantity::cost).orElse(null);
        conditions = ConditionKeys.read(fields, mistakes);
        fields.parsed("bandwidth", Quantity.RATE_RULE, text -> {
            Quantity.rate(text);
            return text;
        }).ifPresent(text -> attributes.put("bandwidth", text));
        fields.parsed("max-latency", "a duration above 0, at most 1000 s, such as 20ms; a bare number is in milliseconds", text -> {
            double millis = Quantity.millis(text);
            if (!(millis > 0)) throw new IllegalArgumentException(text);
            return millis;
        }).ifPresent(millis -> attributes.put("max-latency", Quantity.plain(millis)));
        if (withLabels) NodeKeys.labels(fields, attributes, RESERVED, mistakes);
    }

    void apply(Draft.Link link) {
        if (cost != null) link.cost = cost;
        link.conditions.putAll(conditions);
        link.attributes.putAll(attributes);
    }
}
