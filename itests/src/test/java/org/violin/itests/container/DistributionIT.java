// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.apache.karaf.features.FeaturesService;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** The distribution as it is unpacked: it boots, everything in it is active, every feature of ours is installed. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DistributionIT {
    @Inject
    BundleContext context;

    @Inject
    FeaturesService features;

    @Configuration
    public static Option[] config() throws IOException {
        return Containers.oneHost();
    }

    @Test
    public void allBundlesAreActive() {
        List<String> others = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            int wanted = bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null ? Bundle.ACTIVE : Bundle.RESOLVED;
            if (bundle.getState() != wanted) others.add(bundle + " in state " + bundle.getState());
        }
        assertEquals(List.of(), others);
    }

    @Test
    public void everyFeatureOfOursIsInstalled() throws Exception {
        for (String name : List.of("violin", "violin-core", "violin-tunnel-udp", "violin-switching-learning", "violin-cipher-none",
                "violin-routing-kernel", "violin-placement-greedy", "violin-runtime-netns")) {
            assertTrue(name, features.isInstalled(features.getFeature(name)));
        }
    }
}
