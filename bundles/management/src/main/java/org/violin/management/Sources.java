// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.Optional;
import java.util.function.Supplier;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.measure.Measurements;
import org.violin.api.routing.Routers;

/** The services that come and go behind the MXBeans; a supplier gives null while its service is away. */
record Sources(Supplier<Members> memberService, Supplier<Violins> violinService, Supplier<DataPlaneView> dataPlaneService,
        Supplier<GuestAccess> guestService, Supplier<Routers> routersService,
        Supplier<Measurements> measurementsService) {
    Optional<Members> members() {
        return Optional.ofNullable(memberService.get());
    }

    Optional<Violins> violins() {
        return Optional.ofNullable(violinService.get());
    }

    Optional<DataPlaneView> dataPlane() {
        return Optional.ofNullable(dataPlaneService.get());
    }

    Optional<Routers> routers() {
        return Optional.ofNullable(routersService.get());
    }

    Optional<Measurements> measurements() {
        return Optional.ofNullable(measurementsService.get());
    }

    Optional<GuestAccess> guests() {
        return Optional.ofNullable(guestService.get());
    }
}
