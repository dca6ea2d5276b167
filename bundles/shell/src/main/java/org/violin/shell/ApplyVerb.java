// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;

/** {@code violin:apply}. */
@Service
@Command(scope = "violin", name = "apply", description = "Makes a violin as its file says, or changes it to what the file says now",
        detailedDescription = """
        Reads a violin file, containerlab YAML or Topology Zoo GraphML. Only the
        difference to what runs is done. When anything is wrong with the file,
        all mistakes are listed and nothing is changed. What runs stays where it
        is; see violin:place for better places.
        Examples:
          violin:apply /srv/figure2.yaml
          violin:apply --dry-run /srv/figure2.yaml
          violin:apply -o json /srv/figure2.yaml
          violin:apply --pin vRouter1=host2 /srv/figure2.yaml
          violin:apply --routing ospf /srv/Geant2012.graphml
        """)
public final class ApplyVerb extends SpecOrder {
    @Option(name = "--dry-run", description = "Only say what would be done")
    boolean dryRun;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException {
        return order(io, "apply", dryRun);
    }
}
