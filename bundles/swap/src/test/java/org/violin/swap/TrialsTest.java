// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.CipherLink;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.dataplane.TunnelCipher;
import org.violin.api.guest.Guest;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.testkit.dataplane.MemoryTunnelProvider;
import org.violin.testkit.tunnel.TagCiphers;

/** Good providers pass, and each way of being wrong is told. */
class TrialsTest {
    private static String broken(Role role, Object provider) {
        return assertThrows(Broken.class, () -> new Deadline().call("trial", 5000, () -> Trials.run(role, provider))).getMessage();
    }

    @Test
    void twinsPass() throws Exception {
        assertEquals("opened and closed on the loopback", Trials.run(Role.TUNNEL, new MemoryTunnelProvider(false)).finding());
        String cipher = Trials.run(Role.CIPHER, new TagCiphers()).finding();
        assertTrue(cipher.startsWith("a payload went both ways"), cipher);
    }

    private record Router(Probe probe, Set<String> protocols, List<Mistake> mistakes) implements ControlPlaneProvider, ForwardingProvider {
        @Override
        public String kind() {
            return "both";
        }

        @Override
        public List<Mistake> check(RouterSpec spec) {
            return mistakes;
        }

        @Override
        public ControlPlane open(RouterSpec spec, Guest guest, RouterSink sink) {
            throw new AssertionError("a trial opens nothing");
        }

        @Override
        public Forwarding open(RouterSpec spec, Guest guest, Map<String, FrameDevice> vnics, FibBatch fib, HandOver before) {
            throw new AssertionError("a trial opens nothing");
        }
    }

    @Test
    void bothHalvesOfRoutingAreTried() throws Exception {
        Trials.Passed passed = Trials.run(Role.ROUTING, new Router(Probe.ok("there"), Set.of("rip"), List.of()));
        assertEquals("there; speaks rip; there; takes a vRouter of two vNICs", passed.finding());
        assertEquals("control+forwarding", Half.words(passed.halves()));
        Trials.Passed missing = Trials.run(Role.ROUTING, new Router(Probe.missing("no program", "apt install it"), Set.of(), null));
        assertEquals("false no program; cure: apt install it; no program; cure: apt install it", missing.usable() + " " + missing.finding());
        assertEquals("it refuses a sound vRouter: r: 'x': is wrong",
                broken(Role.ROUTING, new Router(Probe.ok(""), Set.of("ospf"), List.of(new Mistake("r", 0, "x", "is wrong")))));
        assertEquals("its protocol is 'OSPF', not a word", broken(Role.ROUTING, new Router(Probe.ok(""), Set.of("OSPF"), List.of())));
        assertEquals("no probe", broken(Role.ROUTING, new Router(null, Set.of("ospf"), List.of())));
        assertEquals("no answer to a vRouter", broken(Role.ROUTING, new Router(Probe.ok(""), Set.of("ospf"), null)));
        assertEquals("no set of protocols", broken(Role.ROUTING, new Router(Probe.ok(""), null, List.of())));
    }

    private record Fixed(int answer, String kind) implements SwitchProvider {
        @Override
        public SwitchLogic create(Map<String, String> attributes) {
            return new SwitchLogic() {
                @Override
                public int egress(int ingress, ByteBuffer slab, int offset, int length, long nowNanos, Egress some) {
                    some.add(answer);
                    return answer;
                }

                @Override
                public void portClosed(int port) {}

                @Override
                public HandOver release() {
                    return new HandOver("fixed", 1, new byte[3]);
                }
            };
        }
    }

    @Test
    void aSwitchMustChoosePortsThatExist() throws Exception {
        assertEquals("8 frames, handed over fixed/1, 3 bytes", Trials.run(Role.SWITCHING, new Fixed(SwitchLogic.FLOOD, "fixed")).finding());
        assertEquals("egress answered 99", broken(Role.SWITCHING, new Fixed(99, "fixed")));
        assertEquals("egress answered -4", broken(Role.SWITCHING, new Fixed(-4, "fixed")));
        assertEquals("egress chose ports [-3]", broken(Role.SWITCHING, new Fixed(SwitchLogic.SOME, "fixed")));
        assertEquals("its kind is 'Not A Word', not a word", broken(Role.SWITCHING, new Fixed(0, "Not A Word")));
        assertEquals("its kind is 'null', not a word", broken(Role.SWITCHING, new Fixed(0, null)));
    }

    /** Tag ciphers whose associations answer otherwise where the handler says so. */
    private static CipherProvider spoilt(InvocationHandler handler) {
        TagCiphers good = new TagCiphers();
        return new CipherProvider() {
            @Override
            public String kind() {
                return "spoilt";
            }

            @Override
            public TunnelCipher open(String host, CipherLink link, HandOver before) {
                TunnelCipher cipher = good.open(host, link, before);
                return (TunnelCipher) Proxy.newProxyInstance(TunnelCipher.class.getClassLoader(), new Class<?>[] {TunnelCipher.class}, (p, m, a) -> {
                    if (!m.getName().equals("peer")) return m.invoke(cipher, a);
                    FrameCipher with = cipher.peer((Peer) a[0], (Long) a[1]);
                    return Proxy.newProxyInstance(FrameCipher.class.getClassLoader(), new Class<?>[] {FrameCipher.class}, (q, n, b) -> {
                        Object other = handler.invoke(with, n, b);
                        return other != null ? other : n.invoke(with, b);
                    });
                });
            }
        };
    }

    @Test
    void aCipherMustGiveBackWhatItSealed() throws Exception {
        assertEquals("open answered -1 for a payload of 48 bytes", broken(Role.CIPHER, spoilt((p, m, a) -> m.getName().equals("open") ? -1 : null)));
        assertEquals("seal answered -1", broken(Role.CIPHER, spoilt((p, m, a) -> m.getName().equals("seal") ? -1 : null)));
        assertEquals("UnsatisfiedLinkError: no library", broken(Role.CIPHER, spoilt((p, m, a) -> {
            throw new UnsatisfiedLinkError("no library");
        })));
        String alone = Trials.run(Role.CIPHER, spoilt((p, m, a) -> m.getName().equals("ready") ? false : null)).finding();
        assertEquals("opened and released; keys only with admitted hosts", alone);
    }
}
