// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;

/** The commands of this bundle, for {@code violin:call}. */
final class Verbs {
    private static final List<Class<? extends Action>> ALL = List.of(
            ApplyVerb.class, ClickVerb.class, ConnectVerb.class, DestroyVerb.class, DoorsVerb.class, DrainVerb.class, EventsVerb.class, ExecVerb.class, HostRemoveVerb.class,
            HostTokenVerb.class, HostTokensVerb.class, HostsVerb.class, LinkVerb.class, ListVerb.class, PingAllVerb.class, PlaceVerb.class, PlanVerb.class, PluginsVerb.class, PortsVerb.class,
            RoutersVerb.class, RoutesVerb.class, RunVerb.class, ShowVerb.class, SwapVerb.class, TunnelsVerb.class, VerifyVerb.class);

    private Verbs() {}

    /** Null when there is none. */
    static Class<? extends Action> byName(String name) {
        return ALL.stream().filter(c -> c.getAnnotation(Command.class).name().equals(name)).findFirst().orElse(null);
    }

    static List<String> names() {
        return ALL.stream().map(c -> c.getAnnotation(Command.class).name()).toList();
    }

    /**
     * Karaf reads options only before the first argument, and {@code --help} everywhere. So the options move to the front, and all from
     * {@code --} on becomes one word that {@link #program} takes apart again.
     */
    static List<String> inKarafOrder(Class<? extends Action> type, List<String> words) {
        List<String> options = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                arguments.add(String.join("\0", words.subList(i, words.size())));
                break;
            }
            if (word.length() < 2 || !word.startsWith("-")) {
                arguments.add(word);
                continue;
            }
            options.add(word);
            if (takesValue(type, word) && i + 1 < words.size()) options.add(words.get(++i));
        }
        options.addAll(arguments);
        return options;
    }

    /** The words after {@code --}, however they came. */
    static List<String> program(List<String> words) {
        List<String> all = new ArrayList<>();
        for (String word : words) all.addAll(Arrays.asList(word.split("\0", -1)));
        return !all.isEmpty() && all.get(0).equals("--") ? all.subList(1, all.size()) : all;
    }

    private static boolean takesValue(Class<?> type, String word) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                Option o = field.getAnnotation(Option.class);
                if (o != null && (o.name().equals(word) || Arrays.asList(o.aliases())
                        .contains(word))) return field.getType() != boolean.class;
            }
        }
        return false;
    }
}
