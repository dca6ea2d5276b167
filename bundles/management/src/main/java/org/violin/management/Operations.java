// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.control.Violins;
import org.violin.api.model.Refused;

/** The MXBean that acts. Throws exceptions of the JDK only, without causes, so that a remote client needs no class of ours. */
record Operations(Sources sources, Snapshot snapshot) implements ViolinsMXBean {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

    @Override
    public List<String> getNames() {
        return List.copyOf(snapshot.summaries().keySet());
    }

    @Override
    public ReportData apply(String file, String text, boolean dryRun) {
        if (file == null || text == null) throw new IllegalArgumentException("apply: give the file's name and its text");
        Violins violins = violins();
        return plain(() -> new ReportData(violins.apply(file, text, dryRun, line -> LOG.debug("apply {}: {}", file, line))));
    }

    @Override
    public ReportData destroy(String violin) {
        if (violin == null) throw new IllegalArgumentException("destroy: give the violin's name");
        Violins violins = violins();
        return plain(() -> new ReportData(violins.destroy(violin, line -> LOG.debug("destroy {}: {}", violin, line))));
    }

    private Violins violins() {
        return sources.violins().orElseThrow(
                () -> new IllegalStateException("the service of control is away on this host; run: feature:install violin-control"));
    }

    private static ReportData plain(Callable<ReportData> action) {
        try {
            return action.call();
        } catch (Refused e) {
            throw new IllegalArgumentException(e.getMessage());
        } catch (Exception e) {
            LOG.warn("an operation failed", e);
            throw new IllegalStateException(e.toString());
        }
    }
}
