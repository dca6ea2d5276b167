// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The condition keys of a link or of all links of a LAN, checked as they are read; {@link #apply} puts them on a link. */
final class LinkKeys {
    private static final Set<String> RESERVED = Set.copyOf(Keys.LINK);
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final double cost;
    private final double delayMillis;

    /** @param withLabels false where the labels belong to the LAN's vSwitch */
    LinkKeys(Fields fields, boolean withLabels, Mistakes mistakes) {
        cost = fields.parsed("cost", Quantity.COST_RULE, Quantity::cost).orElse(1.0);
        delayMillis = fields.parsed("delay", Quantity.DURATION_RULE, Quantity::millis).orElse(0.0);
        keep(fields, "jitter", Quantity.DURATION_RULE, Quantity::millis);
        for (String key : new String[] {"loss", "corrupt", "duplicate", "reorder"}) keep(fields, key, Quantity.PERCENT_RULE,
                Quantity::percent);
        keep(fields, "rate", Quantity.RATE_RULE, Quantity::rate);
        if (fields.has("rate") && fields.has("bandwidth")) mistakes.add(fields.line("rate"), "rate",
                "the same as 'bandwidth': give one of them");
        String rate = attributes.remove("rate");
        if (rate != null) attributes.put("bandwidth", rate);
        keep(fields, "bandwidth", Quantity.RATE_RULE, Quantity::rate);
        fields.parsed("max-latency", "a duration above 0, at most 1000 s, such as 20ms; a bare number is in milliseconds", text -> {
            double millis = Quantity.millis(text);
            if (!(millis > 0)) throw new IllegalArgumentException(text);
            return millis;
        }).ifPresent(millis -> attributes.put("max-latency", Quantity.plain(millis)));
        if (withLabels) NodeKeys.labels(fields, attributes, RESERVED, mistakes);
    }

    void apply(Draft.Link link) {
        link.cost = cost;
        link.delayMillis = delayMillis;
        link.attributes.putAll(attributes);
    }

    /** Validates, and keeps the text as given. */
    private void keep(Fields fields, String key, String rule, java.util.function.ToDoubleFunction<String> parser) {
        fields.parsed(key, rule, text -> {
            parser.applyAsDouble(text);
            return text;
        }).ifPresent(text -> attributes.put(key, text));
    }
}
