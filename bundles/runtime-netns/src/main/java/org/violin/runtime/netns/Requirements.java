// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.violin.api.model.Probe;

/** What namespace guests need of a host, each with its cure. */
final class Requirements {
    private static final List<String> IP = List.of("usr/sbin/ip", "usr/bin/ip", "sbin/ip", "bin/ip");

    private final Path root;

    /** @param root where the host's files are: {@code /}; another folder in tests */
    Requirements(Path root) {
        this.root = root;
    }

    /** The first thing that is missing, or that all is there. */
    Probe probe() {
        if (!effectiveUser().equals("0")) return Probe.missing("VIOLIN does not run as root", "sudo ./violin lab up");
        if (!Files.exists(root.resolve("dev/net/tun"))) {
            return Probe.missing("/dev/net/tun is missing", "modprobe tun; mkdir -p /dev/net; mknod /dev/net/tun c 10 200");
        }
        if (!read("proc/filesystems").contains("\toverlay\n")) {
            return Probe.missing("the kernel has no overlay file system loaded", "modprobe overlay");
        }
        for (String space : List.of("user", "net", "mnt", "pid", "uts", "ipc")) {
            if (!Files.exists(root.resolve("proc/self/ns/" + space))) {
                return Probe.missing("the kernel has no " + space + " namespaces", "apt-get install linux-image-amd64");
            }
        }
        if (read("proc/sys/user/max_user_namespaces").trim().equals("0")) {
            return Probe.missing("user namespaces are forbidden", "sysctl -w user.max_user_namespaces=65536");
        }
        if (IP.stream().noneMatch(p -> Files.exists(root.resolve(p)))) {
            return Probe.missing("the program ip is missing", "apt-get install iproute2");
        }
        return Probe.ok("root, /dev/net/tun, overlay, namespaces and ip are there");
    }

    private String effectiveUser() {
        for (String line : read("proc/self/status").split("\n")) {
            if (line.startsWith("Uid:")) return line.split("\\s+")[2];
        }
        return "unknown";
    }

    private String read(String path) {
        try {
            return Files.readString(root.resolve(path));
        } catch (IOException e) {
            return "";
        }
    }
}
