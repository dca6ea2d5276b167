// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;

/** The stored specs, for programs that change one thing in them. Provided by control; any thread. */
@ProviderType
public interface Specs {
    /** The spec of a violin as this overlay host knows it. */
    Optional<ViolinSpec> spec(String violin);

    /**
     * Changes a stored spec as an apply of the changed file would, and waits as that does.
     *
     * @param change is given the newest stored spec; must keep the name
     * @param progress called with one line for people now and then
     * @throws Refused when there is no such violin or it does not fit; nothing is changed then
     */
    Report change(String violin, UnaryOperator<ViolinSpec> change, Consumer<String> progress) throws Refused;
}
