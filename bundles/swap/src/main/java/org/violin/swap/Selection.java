// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** The words in this overlay host's configuration that choose among providers. Any thread. */
final class Selection {
    private final ConfigurationAdmin admin;
    private final Components components;

    Selection(ConfigurationAdmin admin, Components components) {
        this.admin = admin;
        this.components = components;
    }

    /** The configuration that names the host's provider of a role; null: there is none, violins name it. */
    static String pid(Role role) {
        return switch (role) {
            case TUNNEL, CIPHER -> "org.violin.engine";
            case PLACEMENT -> "org.violin.control";
            default -> null;
        };
    }

    /** The word that is chosen; empty when it is not known, because who reads it does not run. */
    String of(Role role) {
        try {
            Configuration configuration = admin.getConfiguration(pid(role), "?");
            Dictionary<String, Object> values = configuration.getProperties();
            Object set = values == null ? null : values.get(role.word());
            return set != null ? set.toString() : components.property(pid(role), role.word());
        } catch (IOException e) {
            return components.property(pid(role), role.word());
        }
    }

    /** Chooses; an empty word takes the choice away. The container writes it to its {@code etc} folder if there is a file for it. */
    void set(Role role, String kind) throws IOException {
        Configuration configuration = admin.getConfiguration(pid(role), "?");
        Dictionary<String, Object> values = configuration.getProperties();
        if (values == null) values = new Hashtable<>();
        if (kind.isEmpty()) values.remove(role.word());
        else values.put(role.word(), kind);
        configuration.update(values);
    }
}
