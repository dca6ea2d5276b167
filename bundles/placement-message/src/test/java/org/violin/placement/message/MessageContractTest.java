// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import org.violin.api.placement.PlacementStrategy;
import org.violin.testkit.placement.PlacementContract;

class MessageContractTest extends PlacementContract {
    @Override
    protected PlacementStrategy strategy() {
        return new MessagePlacement();
    }
}
