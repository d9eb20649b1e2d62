-- The facts: every change event, and the newest state of every record by entity.
--
-- Every statement can be repeated: two processes may start at once, and a start may be cut short.
--
-- fsync_*: an acknowledged insert survives a power cut; the log's position is committed after it.
-- min_age_*: once a table has been quiet for a minute all its parts become one, over which FINAL costs
-- next to nothing; while events keep arriving only the ordinary merges run.
-- key is the record's id as a number that joins and sets compare many times faster than 36 characters, and
-- so are contract_key and its like for the records that are referred to; 0 stands for none.
-- '' stands for a text or id that is null or absent. An updated record is a newer version, a deleted one a
-- newer version with deleted = 1, which FINAL hides and which stays for ever: no older version can come back.

CREATE TABLE IF NOT EXISTS change_events (
    tenant LowCardinality(String),
    entity LowCardinality(String),
    id String,
    version UInt128,
    verb LowCardinality(String),
    deleted UInt8,
    event_id String,
    source LowCardinality(String),
    time DateTime64(6, 'UTC'),
    data String CODEC(ZSTD(1)),
    extensions String,
    appended_at DateTime64(3, 'UTC'),
    partition Int32,
    offset Int64
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant, entity, id, version)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS employee (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    name String,
    department_id LowCardinality(String),
    manager_id LowCardinality(String),
    status LowCardinality(String),
    avatar_url String
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS department (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    name String,
    parent_id String
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS customer (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    name String,
    phone String,
    mobile String,
    owner_id LowCardinality(String),
    creator_id LowCardinality(String),
    created_at DateTime64(6, 'UTC'),
    deal_status LowCardinality(String),
    deal_at Nullable(DateTime64(6, 'UTC')),
    province LowCardinality(String),
    city LowCardinality(String),
    industry LowCardinality(String),
    level LowCardinality(String),
    source LowCardinality(String),
    next_contact_at Nullable(DateTime64(6, 'UTC')),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS contact (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    name String,
    customer_id String,
    owner_id LowCardinality(String),
    creator_id LowCardinality(String),
    created_at DateTime64(6, 'UTC'),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS pipeline (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    name String,
    enabled Bool,
    `stages.id` Array(String),
    `stages.name` Array(String),
    `stages.order` Array(Int32)
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS opportunity (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    name String,
    customer_id String,
    owner_id LowCardinality(String),
    creator_id LowCardinality(String),
    created_at DateTime64(6, 'UTC'),
    pipeline_id LowCardinality(String),
    stage_id LowCardinality(String),
    end_state LowCardinality(String),
    amount Decimal(15, 2),
    expected_deal_on Nullable(Date32),
    closed_at Nullable(DateTime64(6, 'UTC')),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS contract (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    number String,
    name String,
    customer_id String,
    opportunity_id String,
    owner_id LowCardinality(String),
    order_date Nullable(Date32),
    end_date Nullable(Date32),
    amount Decimal(15, 2),
    status LowCardinality(String),
    `lines.product_id` Array(String),
    `lines.quantity` Array(Decimal(15, 2)),
    `lines.subtotal` Array(Decimal(15, 2)),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id)),
    customer_key UInt128 DEFAULT if(customer_id = '', 0, reinterpretAsUInt128(sipHash128(customer_id)))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS receivable (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    number String,
    contract_id String,
    plan_id String,
    owner_id LowCardinality(String),
    return_date Nullable(Date32),
    amount Decimal(15, 2),
    status LowCardinality(String),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id)),
    contract_key UInt128 DEFAULT if(contract_id = '', 0, reinterpretAsUInt128(sipHash128(contract_id))),
    plan_key UInt128 DEFAULT if(plan_id = '', 0, reinterpretAsUInt128(sipHash128(plan_id)))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS receivable_plan (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    contract_id String,
    owner_id LowCardinality(String),
    planned_date Date32,
    amount Decimal(15, 2),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id)),
    contract_key UInt128 DEFAULT if(contract_id = '', 0, reinterpretAsUInt128(sipHash128(contract_id)))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS invoice (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    number String,
    contract_id String,
    owner_id LowCardinality(String),
    amount Decimal(15, 2),
    status LowCardinality(String),
    issued Bool,
    issue_date Nullable(Date32),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id)),
    contract_key UInt128 DEFAULT if(contract_id = '', 0, reinterpretAsUInt128(sipHash128(contract_id)))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS product (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    name String,
    category_id LowCardinality(String),
    status LowCardinality(String)
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS product_category (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    name String,
    parent_id String
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS activity (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    kind LowCardinality(String),
    target_type LowCardinality(String),
    target_id String,
    customer_id String,
    author_id LowCardinality(String),
    created_at DateTime64(6, 'UTC'),
    method LowCardinality(String),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id)),
    customer_key UInt128 DEFAULT if(customer_id = '', 0, reinterpretAsUInt128(sipHash128(customer_id)))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS pool_move (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    customer_id String,
    direction LowCardinality(String),
    reason LowCardinality(String),
    employee_id LowCardinality(String),
    pool_id LowCardinality(String),
    moved_at DateTime64(6, 'UTC'),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS return_visit (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    visitor_id LowCardinality(String),
    contract_id String,
    visited_at DateTime64(6, 'UTC'),
    satisfaction LowCardinality(String),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id)),
    contract_key UInt128 DEFAULT if(contract_id = '', 0, reinterpretAsUInt128(sipHash128(contract_id)))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS business_trip (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    applicant_id LowCardinality(String),
    status LowCardinality(String),
    `legs.starts_at` Array(DateTime64(6, 'UTC')),
    key UInt128 DEFAULT reinterpretAsUInt128(sipHash128(id))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS goal (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    subject_type LowCardinality(String),
    subject_id String,
    year Int32,
    metric LowCardinality(String),
    months Array(Decimal(15, 2))
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS settings (
    tenant LowCardinality(String),
    id String,
    version UInt128,
    deleted UInt8,
    contract_expiry_days Nullable(Int32),
    satisfaction_options Array(String)
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 60,
    min_age_to_force_merge_on_partition_only = 1;
