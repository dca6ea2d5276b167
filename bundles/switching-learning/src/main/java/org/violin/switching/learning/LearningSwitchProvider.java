// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.nio.BufferUnderflowException;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;

/** Kind {@code learning}: each vSwitch gets tables of its own. */
@Component
public final class LearningSwitchProvider implements SwitchProvider {
    private static final Logger LOG = LoggerFactory.getLogger(LearningSwitchProvider.class);

    @Override
    public String kind() {
        return "learning";
    }

    @Override
    public SwitchLogic create(Map<String, String> attributes) {
        return new LearningSwitch(LearningSettings.parse(attributes));
    }

    @Override
    public SwitchLogic create(Map<String, String> attributes, HandOver before) {
        LearningSettings settings = LearningSettings.parse(attributes);
        if (before == null) return new LearningSwitch(settings);
        try {
            return new LearningSwitch(settings, before);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            LOG.info("A switch learns anew, because what the last one left ({}) is {}", before, e.getMessage());
            return new LearningSwitch(settings);
        }
    }
}
