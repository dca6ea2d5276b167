// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.ops4j.pax.exam.Option;

/** Pax Exam settings for the distribution of this build: one overlay host on loopback, away from the usual ports. */
final class Containers {
    private Containers() {}

    /** What every container test starts from. Add features or configuration to it. */
    static Option[] oneHost() throws IOException {
        Path token = Path.of("target", "token").toAbsolutePath();
        Files.deleteIfExists(token);
        Files.createFile(token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(token, "a token for tests only");
        return new Option[] {
            karafDistributionConfiguration()
                .frameworkUrl(new File(System.getProperty("violin.archive")).toURI().toString())
                .name("VIOLIN").unpackDirectory(new File("target/exam")).useDeployFolder(false),
            configureConsole().ignoreLocalConsole().ignoreRemoteShell(),
            vmOption("-XX:+UseSerialGC"), vmOption("-XX:TieredStopAtLevel=1"), vmOption("-Djava.security.manager=allow"),
            editConfigurationFilePut("etc/org.apache.karaf.shell.cfg", "sshPort", "28101"),
            editConfigurationFilePut("etc/org.apache.karaf.management.cfg", "rmiRegistryPort", "21099"),
            editConfigurationFilePut("etc/org.apache.karaf.management.cfg", "rmiServerPort", "24444"),
            editConfigurationFilePut("etc/org.violin.members.cfg", "name", "exam"),
            editConfigurationFilePut("etc/org.violin.members.cfg", "address", "127.0.0.1"),
            editConfigurationFilePut("etc/org.violin.members.cfg", "zookeeperPort", "22181"),
            editConfigurationFilePut("etc/org.violin.members.cfg", "tunnelPort", "24790"),
            editConfigurationFilePut("etc/org.violin.members.cfg", "tokenFile", token.toString()),
        };
    }
}
