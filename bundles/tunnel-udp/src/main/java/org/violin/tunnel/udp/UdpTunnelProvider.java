// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.IOException;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;

/** Opens tunnels of kind {@code udp}. */
@Component(service = TunnelProvider.class, configurationPid = "org.violin.tunnel.udp")
@Designate(ocd = UdpTunnelProvider.Config.class)
public final class UdpTunnelProvider implements TunnelProvider {
    private final UdpOptions options;

    @ObjectClassDefinition(
            id = "org.violin.tunnel.udp",
            name = "VIOLIN tunnel over UDP",
            description = "Carries frames between overlay hosts in UDP datagrams")
    @interface Config {
        @AttributeDefinition(description = "Socket calls: the kernel's own where they are there (auto), only those (native), or Netty's (epoll, nio)")
        String transport() default "auto";

        @AttributeDefinition(description = "UDP_SEGMENT, one system call for many datagrams: auto, on (required) or off")
        String segmentation() default "auto";

        @AttributeDefinition(description = "UDP_GRO, one read for many datagrams: auto or off")
        String coalescing() default "auto";

        @AttributeDefinition(description = "A peer that is not heard for so many milliseconds is down")
        int silence_limit_millis() default 3000;

        @AttributeDefinition(description = "Milliseconds between signs of life on an idle path")
        int keepalive_millis() default 1000;

        @AttributeDefinition(description = "Socket receive buffer in bytes; the kernel's limit holds without CAP_NET_ADMIN")
        int receive_buffer_bytes() default 32 << 20;

        @AttributeDefinition(description = "Socket send buffer in bytes; the kernel's limit holds without CAP_NET_ADMIN")
        int send_buffer_bytes() default 1 << 20;

        @AttributeDefinition(description = "Datagrams of a peer that wait for a missing one, 0 to 64")
        int reorder_window() default 64;

        @AttributeDefinition(description = "Milliseconds they wait at most, on a path that was seen to reorder")
        int reorder_millis() default 5;

        @AttributeDefinition(description = "Microseconds they wait on a path that was not")
        int reorder_start_micros() default 1000;
    }

    @Activate
    public UdpTunnelProvider(Config config) {
        this(new UdpOptions(
                config.transport(),
                config.segmentation(),
                config.coalescing(),
                config.silence_limit_millis(),
                config.keepalive_millis(),
                config.receive_buffer_bytes(),
                config.send_buffer_bytes(),
                config.reorder_window(),
                config.reorder_millis(),
                config.reorder_start_micros()));
    }

    UdpTunnelProvider(UdpOptions options) {
        this.options = options;
    }

    @Override
    public String kind() {
        return "udp";
    }

    @Override
    public Tunnel open(TunnelSettings settings, List<CipherProvider> ciphers, FrameSink sink, HandOver before) throws IOException {
        return UdpTunnel.open(options, settings, ciphers, sink, before);
    }
}
