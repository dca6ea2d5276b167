// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One connection to a running Click, as its ControlSocket element describes it (Click::ControlSocket/1.3): lines out, {@code ddd text} back.
 * Every wait has an end. Called by: any thread, one request at a time.
 */
final class ControlClient implements AutoCloseable {
    /** Click takes less than 64 KiB in one write (its answer would be 521). */
    static final int MOST_BYTES = 60_000;

    /** Requests under way, below what Click reads at a time. */
    private static final int TOGETHER = 100;
    /** Longest answer that is taken. */
    private static final int MOST_ANSWER = 16 << 20;
    private static final Pattern TARGET = Pattern.compile("[A-Za-z0-9_/@.]{1,200}");

    private final SocketChannel channel;
    private final Selector selector;
    private final int timeoutMillis;
    private final ByteBuffer in = ByteBuffer.allocate(65_536).flip();
    private long deadline;

    private ControlClient(SocketChannel channel, Selector selector, int timeoutMillis) {
        this.channel = channel;
        this.selector = selector;
        this.timeoutMillis = timeoutMillis;
    }

    /** Connects and reads the banner. Throws IOException when nobody listens there or it is not Click. */
    static ControlClient connect(Path socket, int timeoutMillis) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            ControlClient client = new ControlClient(channel, selector, timeoutMillis);
            client.begin();
            String banner = client.line();
            if (banner.startsWith("Click::ControlSocket/1.")) return client;
            client.close();
            throw new IOException("expected Click's banner, got '" + banner + "'");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Reads a handler. @param argument of handlers that take one, such as {@code rt.lookup}; empty: none */
    synchronized String read(String target, String argument) throws IOException, ClickError {
        begin();
        byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) send(("READ " + checked(target) + "\n").getBytes(StandardCharsets.UTF_8));
        else send(join("READDATA " + checked(target) + " " + bytes.length + "\n", bytes));
        status();
        String data = line();
        if (!data.startsWith("DATA ")) throw broken("expected DATA, got '" + data + "'");
        int length;
        try {
            length = Integer.parseInt(data.substring(5).trim());
        } catch (NumberFormatException e) {
            throw broken("expected DATA and a length, got '" + data + "'");
        }
        if (length < 0 || length > MOST_ANSWER) throw broken("an answer of " + length + " bytes");
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    /** Writes a handler; below {@link #MOST_BYTES}. */
    synchronized void write(String target, String value) throws IOException, ClickError {
        begin();
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        send(join("WRITEDATA " + checked(target) + " " + bytes.length + "\n", bytes));
        status();
    }

    /** Writes many handlers in order, {@value #TOGETHER} at a time without waiting. All are tried; throws the first complaint afterwards. */
    synchronized void write(List<String[]> targetsAndValues) throws IOException, ClickError {
        ClickError first = null;
        for (int at = 0; at < targetsAndValues.size(); at += TOGETHER) {
            List<String[]> some = targetsAndValues.subList(at, Math.min(targetsAndValues.size(), at + TOGETHER));
            StringBuilder text = new StringBuilder();
            for (String[] one : some) {
                text.append("WRITEDATA ").append(checked(one[0])).append(' ').append(one[1].getBytes(StandardCharsets.UTF_8).length).append('\n').append(one[1]);
            }
            begin();
            send(text.toString().getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < some.size(); i++) {
                try {
                    status();
                } catch (ClickError e) {
                    if (first == null) first = e;
                }
            }
        }
        if (first != null) throw first;
    }

    private static String checked(String target) throws ClickError {
        if (TARGET.matcher(target).matches()) return target;
        throw new ClickError(501, "'" + target + "': expected ELEMENT.HANDLER");
    }

    private static byte[] join(String line, byte[] data) {
        byte[] head = line.getBytes(StandardCharsets.UTF_8);
        byte[] all = java.util.Arrays.copyOf(head, head.length + data.length);
        System.arraycopy(data, 0, all, head.length, data.length);
        return all;
    }

    /** 200 is fine, 220 is fine with warnings. */
    private void status() throws IOException, ClickError {
        StringBuilder message = new StringBuilder();
        for (;;) {
            String line = line();
            if (line.length() < 3 || !line.substring(0, 3).chars().allMatch(Character::isDigit)) throw broken("answer '" + line + "'");
            if (message.length() < 8192) message.append(message.length() > 0 ? "\n" : "").append(line.length() > 4 ? line.substring(4) : "");
            if (line.length() > 3 && line.charAt(3) == '-') continue;
            int code = Integer.parseInt(line.substring(0, 3));
            if (code >= 300) throw new ClickError(code, message.toString());
            return;
        }
    }

    private void begin() {
        deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
    }

    private void send(byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) await(SelectionKey.OP_WRITE);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream(80);
        for (;;) {
            fill();
            byte b = in.get();
            if (b == '\n') return text.toString(StandardCharsets.UTF_8);
            if (b != '\r') text.write(b);
            if (text.size() > 65_536) throw broken("a line without end");
        }
    }

    private byte[] bytes(int length) throws IOException {
        byte[] all = new byte[length];
        for (int at = 0; at < length; ) {
            fill();
            int n = Math.min(in.remaining(), length - at);
            in.get(all, at, n);
            at += n;
        }
        return all;
    }

    private void fill() throws IOException {
        while (!in.hasRemaining()) {
            in.clear();
            int n = channel.read(in);
            in.flip();
            if (n < 0) throw broken("Click hung up");
            if (n == 0) await(SelectionKey.OP_READ);
        }
    }

    private void await(int what) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000L;
        if (millis <= 0) throw broken("no answer within " + timeoutMillis + " ms");
        try {
            channel.keyFor(selector).interestOps(what);
            selector.select(millis);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException | CancelledKeyException | NullPointerException e) {
            throw broken("closed"); // by another thread, or the process has ended
        }
        if (Thread.currentThread().isInterrupted()) throw broken("interrupted");
    }

    private IOException broken(String why) {
        close();
        return new IOException("control socket: " + why);
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            // nothing is left to lose
        }
    }
}
