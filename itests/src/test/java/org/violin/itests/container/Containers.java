// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ops4j.pax.exam.Option;

/** Pax Exam settings for the distribution of this build: one overlay host named exam on 127.0.0.1, on ports that are free. */
final class Containers {
    /** Lets a test in the container find the archive and a folder for its own files. */
    static final String ARCHIVE = "violin.archive";
    static final String TARGET = "violin.target";

    private Containers() {}

    /** What every container test starts from, and the options of its own. */
    static Option[] oneHost(Option... more) throws IOException {
        Path target = Path.of("target").toAbsolutePath();
        List<Integer> ports = freePorts(7);
        List<Option> options = new ArrayList<>(List.of(
            karafDistributionConfiguration()
                .frameworkUrl(new File(System.getProperty(ARCHIVE)).toURI().toString())
                .name("VIOLIN").unpackDirectory(target.resolve("exam").toFile()).useDeployFolder(false),
            configureConsole().ignoreLocalConsole().ignoreRemoteShell(),
            vmOption("-XX:+UseSerialGC"), vmOption("-XX:TieredStopAtLevel=1"), vmOption("-Djava.security.manager=allow"),
            systemProperty(ARCHIVE).value(System.getProperty(ARCHIVE)), systemProperty(TARGET).value(target.toString()),
            editConfigurationFilePut("etc/org.apache.karaf.shell.cfg", "sshPort", "" + ports.get(0)),
            editConfigurationFilePut("etc/org.apache.karaf.management.cfg", "rmiRegistryPort", "" + ports.get(1)),
            editConfigurationFilePut("etc/org.apache.karaf.management.cfg", "rmiServerPort", "" + ports.get(2)),
            trust("name", "exam"), trust("address", "127.0.0.1"), trust("port", "" + ports.get(5)),
            members("name", "exam"), members("address", "127.0.0.1"),
            members("zookeeperPort", "" + ports.get(3)), members("tunnelPort", "" + ports.get(4)),
            members("controlPort", "" + ports.get(6)), members("jmxPort", "" + ports.get(1))));
        options.addAll(List.of(more));
        return options.toArray(new Option[0]);
    }

    private static Option members(String key, String value) {
        return editConfigurationFilePut("etc/org.violin.members.cfg", key, value);
    }

    private static Option trust(String key, String value) {
        return editConfigurationFilePut("etc/org.violin.trust.cfg", key, value);
    }

    /** Numbers that no TCP socket of this machine has now; all different. */
    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            while (held.size() < count) held.add(new ServerSocket(0));
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) socket.close();
        }
    }
}
