// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** The far end of a control socket, which answers as the test says. One connection. */
final class FakeClick implements AutoCloseable {
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final ServerSocketChannel server;
    private final Thread thread;

    /** @param answer to a request line, or to a request line with the data behind a newline; null hangs up; "" says nothing */
    FakeClick(Path socket, String banner, Function<String, String> answer) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread = new Thread(() -> serve(banner, answer), "fake click");
        thread.start();
    }

    private void serve(String banner, Function<String, String> answer) {
        try (SocketChannel channel = server.accept()) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            OutputStream out = Channels.newOutputStream(channel);
            out.write((banner + "\r\n").getBytes());
            for (String line = line(in); line != null; line = line(in)) {
                String[] words = line.split(" ");
                String request = line;
                if (words[0].endsWith("DATA")) request += "\n" + new String(in.readNBytes(Integer.parseInt(words[2])));
                requests.add(request);
                String reply = answer.apply(request);
                if (reply == null) return;
                for (byte b : reply.getBytes()) { // byte by byte: the client must not think in packets
                    out.write(b);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // the client has gone
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) return null;
            line.append((char) c);
        }
        return line.toString();
    }

    @Override
    public void close() throws Exception {
        server.close();
        thread.join();
    }
}
