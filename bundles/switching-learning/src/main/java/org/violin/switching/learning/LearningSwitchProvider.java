// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;

/** Kind {@code learning}: each vSwitch gets tables of its own. */
@Component
public final class LearningSwitchProvider implements SwitchProvider {
    @Override
    public String kind() {
        return "learning";
    }

    @Override
    public SwitchLogic create(Map<String, String> attributes) {
        return new LearningSwitch(LearningSettings.parse(attributes));
    }
}
