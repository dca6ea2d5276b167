// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.Locale;
import org.violin.api.control.PlanStep;
import org.violin.api.model.NodeKind;

/** Actions in words, for plans that people read. */
final class Words {
    private Words() {}

    static PlanStep step(Action action, PlacedSpec before, PlacedSpec after) {
        Key key = action.key();
        String verb = action instanceof Action.Create ? "create" : action instanceof Action.Change ? "change" : "remove";
        String word = action instanceof Action.Create create
                ? create.item().word()
                : action instanceof Action.Change change ? change.item().word() : word(key, before);
        return new PlanStep(verb, word, key.entity().isEmpty() ? after.name() : key.entity(), key.host(), action.why());
    }

    private static String word(Key key, PlacedSpec before) {
        return switch (key.kind()) {
            case GUEST -> before == null ? "guest" : before.spec().node(key.entity()).map(n -> n.kind().word()).orElse("guest");
            case SWITCH -> NodeKind.VSWITCH.word();
            case NIC -> "vnic";
            case LINK -> "vlink";
            default -> key.kind().name().toLowerCase(Locale.ROOT);
        };
    }
}
