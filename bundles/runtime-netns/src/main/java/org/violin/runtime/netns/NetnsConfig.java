// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the namespace runtime, PID {@code org.violin.runtime.netns}. */
@ObjectClassDefinition(name = "VIOLIN namespace guests")
public @interface NetnsConfig {
    @AttributeDefinition(description = "Console log kept per guest, bytes; the older half goes first")
    int consoleLogBytes() default 262_144;

    @AttributeDefinition(description = "How long the launcher may take to start a guest, milliseconds")
    int startTimeoutMillis() default 20_000;

    @AttributeDefinition(description = "How long one exec command of the violin file may take, milliseconds")
    int execTimeoutMillis() default 60_000;

    @AttributeDefinition(description = "How long the end of a killed guest is awaited, milliseconds")
    int stopTimeoutMillis() default 10_000;
}
