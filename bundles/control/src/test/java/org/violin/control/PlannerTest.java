// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private final Lowering lowering = new Lowering(kind -> Optional.empty(), Optional::empty);

    private Map<Key, Item> items(PlacedSpec spec) {
        return lowering.items(spec, h -> true);
    }

    private static Map<Key, Print> prints(Map<Key, Item> items) {
        Map<Key, Print> prints = new TreeMap<>();
        items.values().forEach(i -> prints.put(i.key(), i.print()));
        return prints;
    }

    private static void apply(Action action, Map<Key, Print> observed) {
        if (action instanceof Action.Create create) observed.put(action.key(), create.item().print());
        else if (action instanceof Action.Change change) observed.put(action.key(), change.item().print());
        else observed.remove(action.key());
    }

    @Test
    void applyingAPlanAndPlanningAgainGivesAnEmptyPlan() {
        for (long seed = 0; seed < 500; seed++) {
            RandomSpecs specs = new RandomSpecs(seed);
            Map<Key, Print> observed = prints(items(specs.next(1)));
            Map<Key, Item> desired = items(specs.next(2));
            Planner.plan(desired, observed).forEach(a -> apply(a, observed));
            assertEquals(List.of(), Planner.plan(desired, observed), "seed " + seed);
            assertEquals(prints(desired), observed, "seed " + seed);
        }
    }

    @Test
    void theSameQuestionGivesTheSamePlanWhateverTheOrderOfTheMaps() {
        for (long seed = 0; seed < 200; seed++) {
            RandomSpecs specs = new RandomSpecs(seed);
            Map<Key, Print> observed = prints(items(specs.next(1)));
            Map<Key, Item> desired = items(specs.next(2));
            List<Action> plan = Planner.plan(desired, observed);
            assertEquals(plan, Planner.plan(new HashMap<>(desired), new HashMap<>(observed)), "seed " + seed);
        }
    }

    @Test
    void everyPrefixOfAPlanLeavesALegalState() {
        for (long seed = 0; seed < 500; seed++) {
            RandomSpecs specs = new RandomSpecs(seed);
            Map<Key, Item> before = items(specs.next(1));
            Map<Key, Print> observed = prints(before);
            Map<Key, Item> desired = items(specs.next(2));
            for (Action action : Planner.plan(desired, observed)) {
                apply(action, observed);
                assertLegal(observed, seed, action);
            }
        }
    }

    private static void assertLegal(Map<Key, Print> state, long seed, Action last) {
        for (Key key : state.keySet()) {
            if (key.kind() == Key.Kind.NIC || key.kind() == Key.Kind.ROUTES || key.kind() == Key.Kind.EXEC) {
                Key guest = new Key(key.host(), Key.Kind.GUEST, key.violin(), key.node());
                assertTrue(state.containsKey(guest), "seed " + seed + ": " + key + " without its guest after " + last);
            }
            if (key.kind() == Key.Kind.LINK) {
                boolean end = false;
                for (String text : key.entity().split("--")) {
                    String node = text.substring(0, text.indexOf(':'));
                    end |= state.containsKey(new Key(key.host(), Key.Kind.SWITCH, key.violin(), node));
                    end |= state.containsKey(new Key(key.host(), Key.Kind.NIC, key.violin(), text));
                }
                assertTrue(end, "seed " + seed + ": " + key + " has no end on its host after " + last);
            }
        }
    }

    @Test
    void limitsChangeInPlaceButAnotherKindRebuilds() {
        for (long seed = 0; seed < 200; seed++) {
            RandomSpecs specs = new RandomSpecs(seed);
            Map<Key, Item> before = items(specs.next(1));
            Map<Key, Item> after = items(specs.next(2));
            for (Action action : Planner.plan(after, prints(before))) {
                if (action.key().kind() != Key.Kind.GUEST || !(action instanceof Action.Change)) continue;
                Item.Guest old = (Item.Guest) before.get(action.key());
                Item.Guest now = (Item.Guest) after.get(action.key());
                assertEquals(old.kind(), now.kind(), "seed " + seed);
                assertFalse(old.spec().limits().equals(now.spec().limits()), "seed " + seed);
            }
        }
    }

    @Test
    void anUnknownGuestIsRebuiltWithAllThatIsItsOwn() {
        PlacedSpec spec = new RandomSpecs(7).next(1);
        Map<Key, Item> desired = items(spec);
        Map<Key, Print> observed = prints(desired);
        Key guest = desired.keySet().stream().filter(k -> k.kind() == Key.Kind.GUEST).findFirst().orElseThrow();
        observed.put(guest, Print.UNKNOWN);
        List<Action> plan = Planner.plan(desired, observed);
        assertTrue(plan.get(plan.size() - 1) instanceof Action.Create);
        assertTrue(plan.stream().anyMatch(a -> a instanceof Action.Remove && a.key().equals(guest)));
        assertTrue(plan.stream().allMatch(a -> a.key().node().equals(guest.node()) || a.key().entity().contains(guest.node() + ":")));
        plan.forEach(a -> assertTrue(a.why().contains("unknown state"), a.toString()));
    }

    @Test
    void nothingToDoIsAnEmptyPlan() {
        Map<Key, Item> items = items(new RandomSpecs(3).next(1));
        assertEquals(List.of(), Planner.plan(items, prints(items)));
        assertEquals(List.of(), Planner.plan(Map.of(), Collections.emptyMap()));
    }
}
