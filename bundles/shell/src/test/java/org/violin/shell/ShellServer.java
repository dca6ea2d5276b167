// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;

/** A real SSH server whose commands run in a {@link KarafShell}; it ends each connection with its command, as Karaf's does. */
final class ShellServer implements AutoCloseable {
    final AtomicInteger commands = new AtomicInteger();
    private final SshServer server = SshServer.setUpDefaultServer();

    ShellServer(KarafShell shell, KeyPair hostKey, PublicKey user, int port) throws IOException {
        server.setHost("127.0.0.1");
        server.setPort(port);
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator((name, key, session) -> name.equals("violin") && KeyUtils.compareKeys(key, user));
        server.setCommandFactory((channel, line) -> new ShellLine(shell, line));
        server.start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    private final class ShellLine implements Command {
        private final KarafShell shell;
        private final String line;
        private InputStream in;
        private OutputStream out;
        private OutputStream err;
        private ExitCallback exit;

        ShellLine(KarafShell shell, String line) {
            this.shell = shell;
            this.line = line;
        }

        @Override
        public void setInputStream(InputStream stream) {
            in = stream;
        }

        @Override
        public void setOutputStream(OutputStream stream) {
            out = stream;
        }

        @Override
        public void setErrorStream(OutputStream stream) {
            err = stream;
        }

        @Override
        public void setExitCallback(ExitCallback callback) {
            exit = callback;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) {
            commands.incrementAndGet();
            new Thread(() -> {
                int status = 1;
                try {
                    status = shell.run(line, in, out, err) instanceof Integer i ? i : 0;
                } catch (Exception e) {
                    status = 1;
                } finally {
                    exit.onExit(status);
                    close(in);
                    close(out);
                    close(err);
                    channel.getServerSession().close(false);
                }
            }).start();
        }

        private static void close(AutoCloseable stream) {
            try {
                stream.close();
            } catch (Exception e) {
                // Closed with the channel already.
                assert stream != null;
            }
        }

        /** Karaf 4.4.10 does not tell the command that its client is gone. */
        @Override
        public void destroy(ChannelSession channel) {}
    }
}
