// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

/**
 * The keys of one key exchange, for both directions. Any thread.
 */
final class Session {
    /** By which the peer's datagrams name this session. */
    final int index;
    /** By which ours do. */
    final int remoteIndex;
    final boolean initiator;
    final Suite suite;
    final long createdNanos;
    /** {@link org.violin.api.dataplane.FrameCipher#epoch}. */
    final long peerEpoch;
    final SendKey send;
    final ReceiveKey receive;
    /** The peer has shown that it has these keys. */
    volatile boolean heard;
    long confirmAtNanos;
    int confirms;

    Session(int index, int remoteIndex, boolean initiator, Suite suite, long createdNanos, long peerEpoch, SendKey send, ReceiveKey receive) {
        this.index = index;
        this.remoteIndex = remoteIndex;
        this.initiator = initiator;
        this.suite = suite;
        this.createdNanos = createdNanos;
        this.peerEpoch = peerEpoch;
        this.send = send;
        this.receive = receive;
        this.confirmAtNanos = createdNanos;
    }

    void close() {
        send.close();
        receive.close();
    }
}
