// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.violin.api.cluster.Identity;

/**
 * Holds back all that the client writes until the server has proved to be the one that was meant; so nothing leaves in clear text, or to a
 * member that only pretends to be the server. Used in one event loop.
 */
final class ServerCheck extends ChannelDuplexHandler {
    private static final int MAX_WAITING = 10_000;

    private final Identity identity;
    private final SSLEngine engine;
    private final InetSocketAddress address;
    private final Consumer<String> refusal;
    private PendingWriteQueue waiting;
    private boolean proved;
    private boolean answered;

    /** @param refusal takes why the connection was refused, or an empty text when it works */
    ServerCheck(Identity identity, SSLEngine engine, InetSocketAddress address, Consumer<String> refusal) {
        this.identity = identity;
        this.engine = engine;
        this.address = address;
        this.refusal = refusal;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        waiting = new PendingWriteQueue(context);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (proved) {
            context.write(message, promise);
            return;
        }
        waiting.add(message, promise);
        if (waiting.size() > MAX_WAITING) context.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
            String mistake = mistake();
            if (mistake.isEmpty()) {
                proved = true;
                waiting.removeAndWriteAll();
                context.flush();
            } else {
                refusal.accept(mistake);
                context.close();
            }
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!answered) refusal.accept("");
        answered = true;
        context.fireChannelRead(message);
    }

    /** In TLS 1.3 the server's refusal of our certificate comes after the handshake, as an alert. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof SSLException) refusal.accept(reason(String.valueOf(each.getMessage())));
        }
        context.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.removeAndFailAll(new IOException("the connection was closed before the server had proved who it is"));
        context.fireChannelInactive();
    }

    /** The words of the JDK for an alert from the other side, RFC 8446 6.2. */
    private static String reason(String error) {
        boolean theirs = error.contains("Received fatal alert");
        return (theirs ? "the server refuses this host's certificate: this host was expelled, or is of another lab; it needs a new token"
                : "this host does not believe the server's certificate: it is of another lab, or was expelled") + " (" + error + ")";
    }

    private String mistake() {
        try {
            String host = identity.peer(engine.getSession());
            X509Certificate certificate = Tls.certificate(engine.getSession());
            if (Tls.names(certificate, address)) return "";
            return "the server there is host '" + host + "', whose certificate does not name " + address.getHostString()
                    + "; 'join' must be an address or name that the first host was admitted with";
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            return "the server there proves no admitted host (" + e.getMessage() + ")";
        }
    }
}
