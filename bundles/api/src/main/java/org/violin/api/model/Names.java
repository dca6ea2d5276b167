// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.Optional;
import java.util.regex.Pattern;

/** The rules for names. Called by the id records' constructors and by readers that want the rule's text for a message. */
public final class Names {
    /** Rule for violins, nodes and overlay hosts, for messages. */
    public static final String NODE_RULE = "a letter or digit, then at most 62 letters, digits, '_', '-' or '.'";
    /** Rule for vNICs and switch ports: the kernel's limit for interface names is 15 bytes (IFNAMSIZ - 1). */
    public static final String NIC_RULE = "at most 15 letters, digits, '_', '-' or '.', beginning with a letter or digit";

    /** Rule for the names and the values of labels of overlay hosts. */
    public static final String HOST_LABEL_RULE = "a letter or digit, then at most 62 letters, digits, '_', '-', '.', ':', '/', '+' or '@'";

    private static final Pattern HOST_LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:/+@-]{0,62}");
    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
    private static final Pattern NIC = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");

    private Names() {}

    /** Returns the rule that a violin, node or host name breaks, or empty when it is good. */
    public static Optional<String> nodeMistake(String name) {
        return name != null && NODE.matcher(name).matches() ? Optional.empty() : Optional.of(NODE_RULE);
    }

    /** Returns the rule that an interface name breaks, or empty when it is good. */
    public static Optional<String> nicMistake(String name) {
        return name != null && NIC.matcher(name).matches() ? Optional.empty() : Optional.of(NIC_RULE);
    }

    /** Returns the rule that the name of an overlay host's label, or its value, breaks; empty when it is good. */
    public static Optional<String> hostLabelMistake(String text) {
        return text != null && HOST_LABEL.matcher(text).matches() ? Optional.empty() : Optional.of(HOST_LABEL_RULE);
    }

    static String node(String name) {
        nodeMistake(name).ifPresent(rule -> {
            throw new IllegalArgumentException("name '" + name + "': " + rule);
        });
        return name;
    }

    static String nic(String name) {
        nicMistake(name).ifPresent(rule -> {
            throw new IllegalArgumentException("interface name '" + name + "': " + rule);
        });
        return name;
    }
}
