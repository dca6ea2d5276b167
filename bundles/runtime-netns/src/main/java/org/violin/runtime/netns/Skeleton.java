// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The lowest layer of a guest's root: everything but {@code /usr}, made here once for all guests. Of the host's {@code /etc} only the
 * listed names get in, none of which holds a secret; accounts are the host's system accounts without passwords, in the same groups.
 */
final class Skeleton {
    /** Relative to the host's /etc; folders with all below them. Missing ones are left out. */
    private static final List<String> COPIED = List.of("alternatives", "bash.bashrc", "ca-certificates", "debian_version", "ethertypes",
            "gai.conf",
            "host.conf", "inputrc", "iproute2", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "locale.alias", "localtime", "login.defs",
            "magic",
            "mime.types", "networks", "os-release", "pam.conf", "pam.d", "perl", "profile", "protocols", "python3", "rpc", "security",
            "services", "shells", "ssl/certs",
            "ssl/openssl.cnf", "terminfo", "timezone", "xtables");
    private static final List<String> FOLDERS = List.of("dev", "etc", "home", "media", "mnt", "opt", "proc", "run", "run/lock", "srv",
            "sys", "usr",
            "var", "var/cache", "var/lib", "var/log", "var/spool", "var/empty");
    private static final int FIRST_PERSON = 1000;
    private static final int NOBODY = 65534;

    private final Path host;
    private final Path target;
    /** Names of the accounts that the guest gets. */
    private final Set<String> system = new HashSet<>();

    private Skeleton(Path host, Path target) {
        this.host = host;
        this.target = target;
    }

    /** Makes the layer from the host's files below {@code host} in the folder {@code target}, which must not exist. */
    static void make(Path host, Path target) throws IOException {
        new Skeleton(host, target).make();
    }

    private void make() throws IOException {
        folder("", "rwxr-xr-x");
        for (String folder : FOLDERS) folder(folder, "rwxr-xr-x");
        folder("root", "rwx------");
        folder("tmp", "rwxrwxrwx");
        folder("var/tmp", "rwxrwxrwx");
        sticky("tmp");
        sticky("var/tmp");
        Files.createSymbolicLink(target.resolve("var/run"), Path.of("/run"));
        for (String name : List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32")) {
            if (Files.isSymbolicLink(host.resolve(name))) Files.copy(host.resolve(name), target.resolve(name), LinkOption.NOFOLLOW_LINKS);
        }
        for (String name : COPIED) copy(Path.of("etc", name));
        try (Stream<Path> java = Files.list(host.resolve("etc"))) {
            List<Path> found = java.filter(p -> p.getFileName().toString().matches("java-[0-9]+-openjdk")).toList();
            for (Path folder : found) copy(host.relativize(folder));
        }
        accounts("passwd", FIRST_PERSON);
        accounts("group", FIRST_PERSON);
        text("etc/hostname", "localhost\n", "rw-r--r--");
        text("etc/hosts", "", "rw-r--r--");
        text("etc/resolv.conf", "# no name server in this network; names come from /etc/hosts\n", "rw-r--r--");
        text("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetworks: files\nprotocols: files\nservices: files\n"
                + "ethers: files\nrpc: files\n", "rw-r--r--");
        text("etc/fstab", "", "rw-r--r--");
        Files.createSymbolicLink(target.resolve("etc/mtab"), Path.of("/proc/self/mounts"));
        text("root/.profile", "PS1='\\u@\\h:\\w\\$ '\n", "rw-r--r--");
    }

    private void folder(String name, String mode) throws IOException {
        Path folder = Files.createDirectories(target.resolve(name));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
    }

    private void sticky(String name) throws IOException {
        Files.setAttribute(target.resolve(name), "unix:mode", 01777);
    }

    private void text(String name, String text, String mode) throws IOException {
        Files.writeString(target.resolve(name), text);
        Files.setPosixFilePermissions(target.resolve(name), PosixFilePermissions.fromString(mode));
    }

    /** Members of a group that are system accounts (FRR's daemons need to be in {@code frrvty}); people are left out. */
    private static String members(String[] fields, Set<String> system) {
        if (fields[3].isEmpty()) return "";
        return Stream.of(fields[3].split(",")).filter(system::contains).collect(Collectors.joining(","));
    }

    /** Lines of system accounts, all without passwords. */
    private void accounts(String file, int below) throws IOException {
        StringBuilder kept = new StringBuilder();
        StringBuilder locked = new StringBuilder();
        for (String line : Files.readAllLines(host.resolve("etc").resolve(file))) {
            String[] fields = line.split(":", -1);
            if (fields.length < 4 || !fields[2].matches("[0-9]{1,5}")) continue;
            int id = Integer.parseInt(fields[2]);
            if (id >= below && id != NOBODY) continue;
            if (file.equals("passwd")) system.add(fields[0]);
            locked.append(fields[0]).append(":*:19000:0:99999:7:::\n");
            if (file.equals("group")) kept.append(fields[0]).append(":x:").append(id).append(':').append(members(fields, system)).append('\n');
            else if (id == 0) kept.append("root:x:0:0:root:/root:/bin/bash\n");
            else kept.append(fields[0]).append(":x:").append(id).append(':').append(fields[3]).append("::/nonexistent:/usr/sbin/nologin\n");
        }
        text("etc/" + file, kept.toString(), "rw-r--r--");
        if (file.equals("passwd")) text("etc/shadow", locked.toString(), "rw-------");
    }

    private void copy(Path name) throws IOException {
        Path from = host.resolve(name);
        if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) return;
        Files.createDirectories(target.resolve(name).getParent());
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path to = target.resolve(host.relativize(file));
                boolean folder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
                boolean link = Files.isSymbolicLink(file);
                if (folder) Files.createDirectories(to);
                else if (link || readableByAll(file)) {
                    Files.copy(file, to, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static boolean readableByAll(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.getPosixFilePermissions(file).contains(java.nio.file.attribute.PosixFilePermission.OTHERS_READ);
    }
}
