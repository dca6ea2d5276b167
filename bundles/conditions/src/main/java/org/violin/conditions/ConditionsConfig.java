// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration, PID {@code org.violin.conditions}. Counts for stages opened afterwards. */
@ObjectClassDefinition(name = "VIOLIN link conditions", description = "Memory of frames that wait on vLinks")
public @interface ConditionsConfig {
    @AttributeDefinition(description = "Bound of the memory for one direction of a vLink, MiB, 1 to 1024")
    int stageMebibytes() default 64;

    @AttributeDefinition(description = "Bound of the memory for all vLinks of this host, MiB, 1 to 65536")
    int totalMebibytes() default 256;
}
