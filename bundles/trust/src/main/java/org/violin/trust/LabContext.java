// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * TLS 1.3 (RFC 8446) that in the server's role asks for a certificate unless told otherwise, and never resumes a session: each handshake
 * asks the trust again.
 */
final class LabContext extends SSLContextSpi {
    static final String PROTOCOL = "TLSv1.3";
    /** RFC 8446 4.6.1 lets a ticket live for 7 days at most; with sessions longer than that the JDK makes and keeps none. */
    private static final int NO_TICKETS_SECONDS = 8 * 24 * 3600;

    private final SSLContext inner;

    private LabContext(SSLContext inner) {
        this.inner = inner;
    }

    static SSLContext make(KeyManager own, TrustManager trust) {
        try {
            SSLContext inner = SSLContext.getInstance(PROTOCOL);
            inner.init(new KeyManager[] {own}, new TrustManager[] {trust}, Crypto.RANDOM);
            inner.getServerSessionContext().setSessionTimeout(NO_TICKETS_SECONDS);
            inner.getClientSessionContext().setSessionTimeout(NO_TICKETS_SECONDS);
            return new SSLContext(new LabContext(inner), inner.getProvider(), PROTOCOL) {};
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS 1.3 is not there", e);
        }
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) throws KeyManagementException {
        throw new KeyManagementException("the identity's TLS is ready and stays as it is");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return inner.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return new AskingServerSockets(inner.getServerSocketFactory());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return asking(inner.createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return asking(inner.createSSLEngine(host, port));
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return inner.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return inner.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        SSLParameters parameters = inner.getDefaultSSLParameters();
        parameters.setProtocols(new String[] {PROTOCOL});
        parameters.setNeedClientAuth(true);
        return parameters;
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        SSLParameters parameters = inner.getSupportedSSLParameters();
        parameters.setProtocols(new String[] {PROTOCOL});
        return parameters;
    }

    private static SSLEngine asking(SSLEngine engine) {
        engine.setEnabledProtocols(new String[] {PROTOCOL});
        engine.setNeedClientAuth(true);
        return engine;
    }
}
