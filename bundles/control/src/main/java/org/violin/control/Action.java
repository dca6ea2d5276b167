// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

/** One verb of a plan. Idempotent when executed again. */
sealed interface Action {
    Key key();

    /** Why, for people; may be empty. */
    String why();

    record Create(Item item, String why) implements Action {
        @Override
        public Key key() {
            return item.key();
        }
    }

    /** In place: the entity keeps running. */
    record Change(Item item, Print before, String why) implements Action {
        @Override
        public Key key() {
            return item.key();
        }
    }

    record Remove(Key key, String why) implements Action {}
}
