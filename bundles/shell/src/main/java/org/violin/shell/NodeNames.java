// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.Arrays;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.Violins;

/**
 * Completes names of vHosts and vRouters: those of the violin that was typed before. The shell also asks about a word alone, to see whether
 * it could be one; then the nodes of all violins are offered.
 */
@Service
public final class NodeNames implements Completer {
    @Reference(optional = true)
    Violins violins;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        StringsCompleter names = new StringsCompleter(true);
        if (violins != null) {
            List<String> all = violins.list().stream().map(ViolinSummary::name).toList();
            int before = Math.max(0, line.getCursorArgumentIndex());
            List<String> typed = Arrays.stream(line.getArguments()).limit(before).filter(all::contains).toList();
            for (String violin : typed.isEmpty() ? all : typed) {
                violins.show(violin).ifPresent(v -> v.entities().stream().filter(e -> !e.kind().equals("vswitch")).map(EntityView::name)
                        .forEach(names.getStrings()::add));
            }
        }
        return names.complete(session, line, candidates);
    }
}
