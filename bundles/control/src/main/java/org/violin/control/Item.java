// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.List;
import java.util.Map;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.PortId;
import org.violin.api.routing.RouterSpec;

/** The unit of reconciliation: one thing that one overlay host must have. Closed set; the executor has one method for each. */
sealed interface Item {
    Key key();

    Print print();

    /** What people call it, such as {@code vrouter}. */
    String word();

    /** How the violin's frames travel to other overlay hosts. @param cipher empty: the configured one */
    record Transport(Key key, int channel, String cipher) implements Item {
        @Override
        public Print print() {
            return Print.of(channel, cipher);
        }

        @Override
        public String word() {
            return "transport";
        }
    }

    /** The names that guests of the violin on this host resolve. */
    record Names(Key key, Map<String, List<Cidr>> addresses) implements Item {
        @Override
        public Print print() {
            return Print.of("", addresses);
        }

        @Override
        public String word() {
            return "names";
        }
    }

    record Switch(Key key, String kind, Map<String, String> attributes) implements Item {
        @Override
        public Print print() {
            return Print.of(kind, attributes);
        }

        @Override
        public String word() {
            return "vswitch";
        }
    }

    record Guest(Key key, NodeKind kind, String runtime, GuestSpec spec) implements Item {
        @Override
        public Print print() {
            return Print.of(List.of(kind, runtime), spec.limits());
        }

        @Override
        public String word() {
            return kind.word();
        }
    }

    record Nic(Key key, NicSpec spec) implements Item {
        @Override
        public Print print() {
            return Print.of(spec.mac(), List.of(spec.mtuBytes(), spec.addresses()));
        }

        @Override
        public String word() {
            return "vnic";
        }
    }

    record Link(Key key, int vni, LinkEnd a, LinkEnd b) implements Item {
        @Override
        public Print print() {
            return Print.of(vni, List.of(a, b));
        }

        @Override
        public String word() {
            return "vlink";
        }
    }

    /** What a vLink does to the frames that begin at one of its ends. @param settings by the words of {@link org.violin.api.model.Conditions} */
    record Conditions(Key key, PortId from, Map<String, String> settings) implements Item {
        @Override
        public Print print() {
            return Print.of("", settings);
        }

        @Override
        public String word() {
            return "conditions";
        }
    }

    /**
     * Routes are computed when needed: a large network has millions, their digest is enough to see a change.
     *
     * @param digest empty: there is no routing now, those that are there stay
     */
    record Routes(Key key, int count, String digest) implements Item {
        @Override
        public Print print() {
            return digest.isEmpty() ? Print.KEEP : Print.of("", digest);
        }

        @Override
        public String word() {
            return "routes";
        }
    }

    /** What learns a vRouter's routes and forwards by them, where that is more than computed routes and the guest's kernel. */
    record Router(Key key, RouterSpec spec) implements Item {
        @Override
        public Print print() {
            return spec == null ? Print.KEEP : Print.of("", spec);
        }

        @Override
        public String word() {
            return "routing";
        }
    }

    /** The file's commands, run once for each start of the guest; a change takes effect at the next start. */
    record Exec(Key key, List<String> commands) implements Item {
        @Override
        public Print print() {
            return Print.of("", "");
        }

        @Override
        public String word() {
            return "exec";
        }
    }
}
