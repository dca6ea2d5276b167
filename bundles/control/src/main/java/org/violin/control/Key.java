// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.Comparator;

/**
 * Names one item of one overlay host. Text form {@code host|kind|violin|entity}, used in the journal and in reports.
 *
 * @param entity node, {@code node:nic} (also of a vSwitch's port), {@code a:x--b:y}; empty for what a violin has once on a host
 */
record Key(String host, Kind kind, String violin, String entity) implements Comparable<Key> {
    /** In the order of creation; removal goes backwards. A kind may only depend on kinds before it. */
    enum Kind {
        TRANSPORT,
        NAMES,
        SWITCH,
        GUEST,
        NIC,
        CONDITIONS,
        LINK,
        ROUTES,
        ROUTER,
        EXEC
    }

    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::kind).thenComparing(Key::violin).thenComparing(Key::entity).thenComparing(Key::host);

    static Key parse(String text) {
        String[] p = text.split("\\|", 4);
        return new Key(p[0], Kind.valueOf(p[1]), p[2], p[3]);
    }

    /** The node that the item belongs to; empty for links and what is of the whole violin. */
    String node() {
        return switch (kind) {
            case NIC -> entity.substring(0, entity.lastIndexOf(':'));
            case LINK, CONDITIONS, NAMES, TRANSPORT -> "";
            default -> entity;
        };
    }

    @Override
    public int compareTo(Key other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return host + "|" + kind + "|" + violin + "|" + entity;
    }
}
