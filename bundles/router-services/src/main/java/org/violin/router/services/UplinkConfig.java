// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What this overlay host lets vRouters do, PID {@code org.violin.router.services}. */
@ObjectClassDefinition(name = "VIOLIN services of vRouters")
public @interface UplinkConfig {
    @AttributeDefinition(description = "Whether vRouters on this overlay host may have a way out to its network")
    boolean uplink() default false;

    @AttributeDefinition(description = "Interfaces of this overlay host that a way out may use; empty: those of its default routes, or all when it has none")
    String[] uplinkInterfaces() default {};
}
