-- What reports read costs less.
--
-- Product ids of contract lines are few: as numbers of a dictionary they take a thirtieth of the bytes.
-- min_age_*: parts that are half an hour old are merged into one while newer events keep arriving, not only
-- once a table is quiet, so that hardly anything lies outside the large part that reports read. A large part
-- is written anew at most once in that time.

ALTER TABLE contract MODIFY COLUMN `lines.product_id` Array(LowCardinality(String));

ALTER TABLE customer MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE contact MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE opportunity MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE contract MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE receivable MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE receivable_plan MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE invoice MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE activity MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE pool_move MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE return_visit MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
ALTER TABLE business_trip MODIFY SETTING min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 0;
