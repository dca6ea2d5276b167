// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.violin.api.model.ConditionText;
import org.violin.api.model.Conditions;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;

/** Makes a link of a wire: what holds for both directions, what for one of them, and whether each of them is possible. */
final class ConditionCheck {
    private final Mistakes mistakes;
    private final Set<String> noted = new HashSet<>();

    ConditionCheck(Mistakes mistakes) {
        this.mistakes = mistakes;
    }

    LinkSpec link(Wiring.Wire wire) {
        Draft.Link link = wire.link();
        Map<String, ConditionKeys.Setting> both = new LinkedHashMap<>(link.conditions);
        both.values().removeIf(s -> s.value().equals(ConditionText.NONE));
        Map<String, ConditionKeys.Setting> a = new LinkedHashMap<>(link.a.conditions());
        Map<String, ConditionKeys.Setting> b = new LinkedHashMap<>(link.b.conditions());
        apart(both, a, b);
        apart(both, b, a);
        check(both, a);
        check(both, b);
        Map<String, String> attributes = new TreeMap<>(link.attributes);
        both.forEach((word, setting) -> {
            boolean usual = word.equals("delay") || word.equals(Conditions.STATE) && setting.value().equals("up");
            if (!usual) attributes.put(word, setting.value());
        });
        from(wire.a(), a, attributes);
        from(wire.b(), b, attributes);
        double delayMillis = both.containsKey("delay") ? Double.parseDouble(both.get("delay").value()) : link.delayMillis;
        return new LinkSpec(wire.a(), wire.b(), link.cost, delayMillis, attributes);
    }

    /** A word that one direction has not and the link has becomes one of the other direction; no delay is one of 0. */
    private static void apart(Map<String, ConditionKeys.Setting> both, Map<String, ConditionKeys.Setting> own, Map<String, ConditionKeys.Setting> other) {
        own.replaceAll((word, s) -> word.equals("delay") && s.value().equals(ConditionText.NONE) ? new ConditionKeys.Setting("0", s.line()) : s);
        own.entrySet().removeIf(e -> {
            if (!e.getValue().value().equals(ConditionText.NONE)) return false;
            ConditionKeys.Setting common = both.remove(e.getKey());
            if (common != null) other.putIfAbsent(e.getKey(), common);
            return true;
        });
    }

    private void check(Map<String, ConditionKeys.Setting> both, Map<String, ConditionKeys.Setting> own) {
        Map<String, ConditionKeys.Setting> all = new LinkedHashMap<>(both);
        all.putAll(own);
        if (all.isEmpty()) return;
        Map<String, String> values = ConditionKeys.values(all);
        for (ConditionText.Clash clash : ConditionText.clashes(values)) mistakes.add(all.get(clash.word()).line(), values.get(clash.word()), "'" + clash.word() + "' " + clash.rule());
        ConditionText.note(values).map(note -> "line " + all.get("jitter").line() + ": " + note).filter(noted::add).ifPresent(mistakes::note);
    }

    private static void from(Endpoint end, Map<String, ConditionKeys.Setting> own, Map<String, String> into) {
        own.forEach((word, setting) -> into.put(Conditions.FROM + end + "." + word, setting.value()));
    }
}
