// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes switch logic of one kind. Called by: control threads of the engine. */
@ConsumerType
public interface SwitchProvider {
    /** The word in the violin file, such as {@code learning}. */
    String kind();

    /** Logic for one new switch. Throws IllegalArgumentException naming the attribute and its rule. */
    SwitchLogic create(Map<String, String> attributes);

    /**
     * Logic that goes on where another was.
     *
     * @param before what that left ({@link SwitchLogic#release}), of whatever kind and version; null: nothing
     */
    default SwitchLogic create(Map<String, String> attributes, HandOver before) {
        return create(attributes);
    }
}
