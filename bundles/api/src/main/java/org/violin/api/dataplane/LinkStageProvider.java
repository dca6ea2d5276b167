// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes stages of vLinks. Called by: control threads of the engine. */
@ConsumerType
public interface LinkStageProvider {
    /** A word for people, such as {@code conditions}. */
    String kind();

    /** Throws IllegalArgumentException naming each setting that is wrong, its value and its rule. Settings: {@link org.violin.api.model.Conditions}. */
    void check(Map<String, String> settings);

    /** A stage for one direction of a vLink. Throws as {@link #check}. */
    LinkStage open(Map<String, String> settings, long nowNanos);
}
