// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.violin.api.dataplane.LinkStage;
import org.violin.api.dataplane.LinkStageProvider;

/** Kind {@code conditions}: rate, delay, jitter, loss and the like, for each direction of a vLink on its own. */
@Component(configurationPid = "org.violin.conditions")
@Designate(ocd = ConditionsConfig.class)
public final class ConditionsProvider implements LinkStageProvider {
    private static final int MOST_STAGE = 1024;
    private static final int MOST_TOTAL = 65_536;

    private final ChunkPool pool;
    private final long stageBytes;

    /** Called by: the component runtime. Values out of range are brought into it. */
    @Activate
    public ConditionsProvider(ConditionsConfig config) {
        this(mebibytes(config.stageMebibytes(), MOST_STAGE), mebibytes(config.totalMebibytes(), MOST_TOTAL));
    }

    ConditionsProvider(long stageBytes, long totalBytes) {
        this.stageBytes = stageBytes;
        pool = new ChunkPool(totalBytes);
    }

    @Override
    public String kind() {
        return "conditions";
    }

    @Override
    public void check(Map<String, String> settings) {
        Words.read(settings);
    }

    @Override
    public LinkStage open(Map<String, String> settings, long nowNanos) {
        return new Stage(Words.read(settings), pool, stageBytes, nowNanos);
    }

    ChunkPool pool() {
        return pool;
    }

    private static long mebibytes(int value, int most) {
        return (long) Math.max(1, Math.min(most, value)) << 20;
    }
}
