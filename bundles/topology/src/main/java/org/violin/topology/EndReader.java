// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.Names;

/** Reads one end of a link: {@code node}, {@code node:interface}, or the long form {@code {node: .., interface: ..}}. */
final class EndReader {
    private final Mistakes mistakes;
    private final AddressKeys addresses;

    EndReader(Mistakes mistakes) {
        this.mistakes = mistakes;
        this.addresses = new AddressKeys(mistakes);
    }

    /** Empty when it is no end at all; the mistake is then reported. */
    Optional<Draft.End> read(Tree tree, Set<String> known) {
        if (tree instanceof Tree.Mapping) return longForm(tree, known);
        if (!(tree instanceof Tree.Scalar scalar) || scalar.isNothing()) {
            mistakes.add(tree.line(), "", "an endpoint must be NODE, NODE:INTERFACE or {node: .., interface: ..}, not " + tree.word());
            return Optional.empty();
        }
        int colon = scalar.value().indexOf(':');
        String node = colon < 0 ? scalar.value() : scalar.value().substring(0, colon);
        String port = colon < 0 ? "" : scalar.value().substring(colon + 1);
        return end(node, colon >= 0, port, scalar.value(), new Draft.Nic(tree.line()), Map.of());
    }

    private Optional<Draft.End> longForm(Tree tree, Set<String> known) {
        Fields fields = Fields.of(tree, "an endpoint", known, mistakes);
        Draft.Nic nic = new Draft.Nic(tree.line());
        addresses.addresses(fields, nic.addresses);
        nic.mac = addresses.mac(fields);
        nic.mtu = addresses.mtu(fields);
        Map<String, ConditionKeys.Setting> conditions = ConditionKeys.ofDirection(fields, mistakes);
        Optional<String> node = fields.text("node", "the name of a node");
        if (node.isEmpty()) {
            if (!fields.has("node")) mistakes.add(tree.line(), "", "an endpoint needs 'node:'");
            return Optional.empty();
        }
        Optional<String> port = fields.text("interface", "an interface name");
        return end(node.get(), port.isPresent(), port.orElse(""), node.get() + port.map(p -> ":" + p).orElse(""), nic, conditions);
    }

    private Optional<Draft.End> end(String node, boolean named, String port, String shown, Draft.Nic nic,
            Map<String, ConditionKeys.Setting> conditions) {
        Optional<String> bad = Names.nodeMistake(node).map(rule -> "node name must be " + rule)
                .or(() -> named ? Names.nicMistake(port).map(rule -> "interface name must be " + rule) : Optional.empty());
        bad.ifPresent(rule -> mistakes.add(nic.line, shown, rule));
        return bad.isPresent() ? Optional.empty() : Optional.of(new Draft.End(node, port, nic.line, nic, conditions));
    }
}
