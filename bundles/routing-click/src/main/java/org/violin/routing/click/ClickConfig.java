// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the Click forwarding, PID {@code org.violin.routing.click}. */
@ObjectClassDefinition(name = "VIOLIN Click forwarding")
public @interface ClickConfig {
    @AttributeDefinition(description = "Path of the user-level program click; empty: environment VIOLIN_CLICK, else the first one on the PATH")
    String program() default "";

    @AttributeDefinition(description = "Each Click runs as a user of its own without rights; the first of the 10,000 numbers used. 0: as root")
    int firstUser() default 1_900_000_000;

    @AttributeDefinition(description = "How long Click may take to start, to check a graph or to answer, milliseconds")
    int timeoutMillis() default 10_000;

    @AttributeDefinition(description = "Address space of one Click, MiB; one that needs more ends and is started again")
    int megabytes() default 1024;
}
