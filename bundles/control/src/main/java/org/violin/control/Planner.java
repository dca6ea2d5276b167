// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The ordered difference between what is wanted and what is there. Pure and deterministic: removals from the last kind to the first,
 * then changes and creations from the first kind to the last, so that every prefix leaves a legal state. What cannot change in place is
 * removed and created again, together with what depends on it.
 */
final class Planner {
    private Planner() {}

    static List<Action> plan(Map<Key, Item> desired, Map<Key, Print> observed) {
        Map<String, String> rebuilt = rebuilt(desired, observed);
        TreeMap<Key, Action> removals = new TreeMap<>();
        TreeMap<Key, Action> makes = new TreeMap<>();
        for (Key key : new TreeSet<>(observed.keySet())) {
            if (!desired.containsKey(key)) removals.put(key, new Action.Remove(key, ""));
        }
        for (Item item : desired.values()) {
            Key key = item.key();
            Print before = observed.get(key);
            String rebuild = dependsOnRebuilt(item, rebuilt);
            if (before == null) {
                makes.put(key, new Action.Create(item, rebuild));
            } else if (!rebuild.isEmpty()) {
                removals.put(key, new Action.Remove(key, rebuild));
                makes.put(key, new Action.Create(item, rebuild));
            } else if (item.print().equals(Print.KEEP)) {
                continue;
            } else if (!before.equals(item.print()) && key.kind() == Key.Kind.LINK) {
                removals.put(key, new Action.Remove(key, "its ends moved"));
                makes.put(key, new Action.Create(item, "its ends moved"));
            } else if (!before.equals(item.print())) {
                makes.put(key, new Action.Change(item, before, change(item, before)));
            }
        }
        List<Action> plan = new ArrayList<>(removals.descendingMap().values());
        plan.addAll(makes.values());
        return plan;
    }

    /** Guests that must be rebuilt, with the reason, keyed by host, violin and node. */
    private static Map<String, String> rebuilt(Map<Key, Item> desired, Map<Key, Print> observed) {
        Map<String, String> rebuilt = new HashMap<>();
        for (Item item : desired.values()) {
            if (!(item instanceof Item.Guest guest)) continue;
            Print before = observed.get(item.key());
            if (before != null && !before.rebuild().equals(item.print().rebuild())) {
                String what = before.equals(Print.UNKNOWN) ? "unknown state" : "kind or runtime differs";
                rebuilt.put(node(item.key()), what + ": " + guest.key().entity() + " is rebuilt, its connections end");
            }
        }
        return rebuilt;
    }

    private static String dependsOnRebuilt(Item item, Map<String, String> rebuilt) {
        if (rebuilt.isEmpty()) return "";
        Key key = item.key();
        if (item instanceof Item.Link) {
            String[] ends = key.entity().split("--", 2);
            for (String end : ends) {
                String why = rebuilt.get(key.host() + "|" + key.violin() + "|" + end.substring(0, end.lastIndexOf(':')));
                if (why != null) return why;
            }
            return "";
        }
        return rebuilt.getOrDefault(node(key), "");
    }

    private static String node(Key key) {
        return key.host() + "|" + key.violin() + "|" + key.node();
    }

    private static String change(Item item, Print before) {
        boolean rebuild = !before.rebuild().equals(item.print().rebuild());
        return switch (item.key().kind()) {
            case GUEST -> "limits, in place";
            case NIC -> before.equals(Print.REATTACH) ? "attached again" : rebuild ? "MAC differs: the vNIC is replaced" : "addresses or MTU, in place";
            case SWITCH -> "kind or attributes, under traffic";
            case TRANSPORT -> "cipher, under traffic";
            case CONDITIONS -> "on the running link";
            default -> "in place";
        };
    }
}
