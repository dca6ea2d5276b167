// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** What Declarative Services says of the components of a bundle, if it is there. Any thread. */
final class Components {
    private final BundleContext context;

    Components(BundleContext context) {
        this.context = context;
    }

    /** Why a component of the bundle could not be activated, in one line. */
    Optional<String> failure(Bundle bundle) {
        for (ComponentConfigurationDTO one : all(bundle)) {
            if (one.state != ComponentConfigurationDTO.FAILED_ACTIVATION && one.failure == null) continue;
            return Optional.of(one.description.name + " cannot be activated" + (one.failure == null ? "" : ": " + cause(one.failure)));
        }
        return Optional.empty();
    }

    /** Why a service of the bundle gives no object; the runtime does not keep what class loading said. */
    String silence(Bundle bundle) {
        Optional<String> failure = failure(bundle);
        if (failure.isPresent()) return failure.get();
        for (ComponentConfigurationDTO one : all(bundle)) {
            try {
                bundle.loadClass(one.description.implementationClass);
            } catch (ClassNotFoundException | LinkageError e) {
                return one.description.name + " cannot be loaded: " + Deadline.reason(e);
            }
        }
        return "its service gives no object; the log has more: log:display";
    }

    /** What components of the bundle wait for. */
    List<String> missing(Bundle bundle) {
        List<String> missing = new ArrayList<>();
        for (ComponentConfigurationDTO one : all(bundle)) {
            for (UnsatisfiedReferenceDTO reference : one.unsatisfiedReferences) missing.add(one.description.name + " waits for " + reference.name);
        }
        return missing;
    }

    /** A property of the component that is configured by that PID, defaults included; empty: none. */
    String property(String pid, String key) {
        for (ComponentConfigurationDTO one : all()) {
            if (List.of(one.description.configurationPid).contains(pid) && one.properties.get(key) != null) return one.properties.get(key).toString();
        }
        return "";
    }

    /** The last cause of a stack trace is what went wrong; the runtime's own exceptions are around it. */
    private static String cause(String trace) {
        String found = trace.lines().findFirst().orElse("");
        for (String line : trace.lines().toList()) {
            if (line.startsWith("Caused by: ")) found = line.substring("Caused by: ".length());
        }
        return found;
    }

    private List<ComponentConfigurationDTO> all(Bundle... bundles) {
        List<ComponentConfigurationDTO> all = new ArrayList<>();
        ServiceReference<ServiceComponentRuntime> reference = context.getServiceReference(ServiceComponentRuntime.class);
        ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
        if (runtime == null) return all;
        try {
            Collection<ComponentDescriptionDTO> components = runtime.getComponentDescriptionDTOs(bundles);
            for (ComponentDescriptionDTO component : components) all.addAll(runtime.getComponentConfigurationDTOs(component));
            return all;
        } finally {
            context.ungetService(reference);
        }
    }
}
