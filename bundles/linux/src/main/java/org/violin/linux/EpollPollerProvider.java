// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import org.osgi.service.component.annotations.Component;
import org.violin.api.dataplane.Alarm;
import org.violin.api.dataplane.Poller;
import org.violin.api.dataplane.PollerProvider;

/** Offers epoll(7) to the engine. */
@Component
public final class EpollPollerProvider implements PollerProvider {
    @Override
    public Poller open() {
        return new EpollPoller();
    }

    @Override
    public Alarm alarm() {
        return new TimerAlarm();
    }
}
