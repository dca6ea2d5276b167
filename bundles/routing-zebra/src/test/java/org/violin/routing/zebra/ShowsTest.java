// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.model.Mistake;
import org.violin.api.routing.ControlStatus.Adjacency;
import org.violin.api.routing.ControlStatus.Route;
import org.violin.api.routing.FibRoute;

class ShowsTest {
    @Test
    void ospf() {
        String json = "{'neighbors':{'10.255.0.2':[{'nbrState':'Full/-','upTimeInMsec':2281,'ifaceAddress':'10.0.12.2','ifaceName':'eth1:10.0.12.1'}]}}";
        List<Adjacency> wanted = List.of(new Adjacency("ospf", "10.255.0.2", "10.0.12.2", "eth1", "Full/-", true, 2281));
        assertEquals(wanted, Shows.ospf(json.replace('\'', '"')));
        String older = "{'10.255.0.2':[{'state':'Init/DROther','address':'10.0.12.2','ifaceName':'eth1:10.0.12.1'}]}";
        assertEquals(List.of(new Adjacency("ospf", "10.255.0.2", "10.0.12.2", "eth1", "Init/DROther", false, -1)),
                Shows.ospf(older.replace('\'', '"')));
    }

    @Test
    void ospf6AndBgpAndBfd() {
        assertEquals(List.of(new Adjacency("ospf6", "10.255.0.2", "", "eth1", "Full", true, 65_000)), Shows.ospf6(
                "{'neighbors':[{'neighborId':'10.255.0.2','state':'Full','duration':'00:01:05','interfaceName':'eth1'}]}".replace('\'', '"')));
        String peers = "{'peers':{'10.0.0.2':{'remoteAs':2,'state':'Established','peerUptimeMsec':7}}}";
        assertEquals(List.of(new Adjacency("bgp", "10.0.0.2", "10.0.0.2", "", "Established", true, 7)),
                Shows.bgp(("{'ipv4Unicast':" + peers + ",'ipv6Unicast':" + peers + "}").replace('\'', '"')));
        assertEquals(List.of(new Adjacency("bfd", "10.0.0.2", "10.0.0.2", "eth1", "down", false, 3000)),
                Shows.bfd("[{'peer':'10.0.0.2','interface':'eth1','status':'down','downtime':3}]".replace('\'', '"')));
    }

    @Test
    void rip() {
        String text = "Routing Protocol is \"rip\"\n  Sending updates every 5 seconds\n  Routing Information Sources:\n"
                + "    Gateway          BadPackets BadRoutes  Distance Last Update\n    10.0.12.2                0         0       120   00:00:03\n";
        assertEquals(List.of(new Adjacency("rip", "10.0.12.2", "10.0.12.2", "", "heard", true, -1)), Shows.rip(text));
    }

    @Test
    void routes() {
        String json = "{'10.2.0.0/24':[{'protocol':'ospf','selected':true,'installed':true,'distance':110,'metric':20,'nexthops':["
                + "{'fib':true,'ip':'10.0.12.2','interfaceName':'eth1','weight':1},{'ip':'10.0.13.2','interfaceName':'eth2'}]}],"
                + "'fe80::/64':[{'protocol':'connected'}],'192.0.2.0/24':[{'protocol':'static','selected':true,'installed':true,'distance':1,"
                + "'nexthops':[{'fib':true,'unreachable':true,'blackhole':true}]}]}";
        FibRoute ospf = new FibRoute(Cidr.parse("10.2.0.0/24"), "ospf", List.of(new FibRoute.Hop("10.0.12.2", "eth1", 1)));
        assertEquals(List.of(new Route(ospf, 110, 20, true), new Route(new FibRoute(Cidr.parse("192.0.2.0/24"), "static", List.of()), 1, 0, true)),
                Shows.routes(json.replace('\'', '"')));
    }

    @Test
    void whatIsNoJsonSaysNothing() {
        for (String text : List.of("", "% BGP instance not found", "{", "[]", "{\"a\":[1]}", "{\"neighbors\":7}")) {
            assertEquals(List.of(), Shows.ospf(text));
            assertEquals(List.of(), Shows.ospf6(text));
            assertEquals(List.of(), Shows.bgp(text));
            assertEquals(List.of(), Shows.bfd(text));
            assertEquals(List.of(), Shows.isis(text));
            assertEquals(List.of(), Shows.routes(text));
        }
    }

    @Test
    void complaintsGetTheUsersLine() {
        List<Mistake> found = TextCheck.parse("v/r1", 10, "router ospf\n foo bar\n", "line 12: % Unknown command[5]:  foo bar\n"
                + "line 3: % Ambiguous command[4]: x\n");
        assertEquals(List.of(new Mistake("v/r1 startup-config", 2, "foo bar", "FRR: % Unknown command"),
                new Mistake("v/r1 generated configuration", 3, "x", "FRR: % Ambiguous command")), found);
    }

    @Test
    void aDaemonThatKeepsDyingIsStartedLessAndLessOften() {
        Restarts restarts = new Restarts();
        long now = 1_000_000;
        long[] waits = new long[10];
        for (int i = 0; i < waits.length; i++) {
            waits[i] = restarts.waitMillis(now);
            now += waits[i];
            assertEquals(0, restarts.waitMillis(now));
            restarts.begun(now);
        }
        assertEquals(List.of(0L, 250L, 500L, 30_000L), List.of(waits[0], waits[1], waits[2], waits[9]));
        assertEquals(0, restarts.waitMillis(now + 61_000), "it ran well since");
        assertEquals(10, restarts.count());
    }
}
