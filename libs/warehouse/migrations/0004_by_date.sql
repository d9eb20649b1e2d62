-- The records that date what reports count, once more in the order of that date.
--
-- A report asks for a period, and records lie by their id, which says nothing of it: a month read all rows of a
-- tenant. by_date holds what reports ask of a record, by tenant and date, inside of each part, so that it always
-- is what the part is; the engine takes it by itself where a statement bounds the date and needs no other column.
--
-- deduplicate_merge_projection_mode: merges, which drop older versions, make it anew from what remains.
-- allow_nullable_key: some documents have no date.
-- Rows are never hidden by DELETE FROM, which the engine refuses from here on: by_date would still show them. What an
-- older release has hidden so is taken out (APPLY DELETED MASK) before by_date is made of a part (MATERIALIZE); both run
-- in the background, in this order, and until then a part is read as before.

ALTER TABLE activity MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';
ALTER TABLE activity ADD PROJECTION IF NOT EXISTS by_date (SELECT tenant, created_at, kind, author_id, key, customer_key, deleted ORDER BY tenant, created_at);
ALTER TABLE activity APPLY DELETED MASK SETTINGS mutations_sync = 0;
ALTER TABLE activity MATERIALIZE PROJECTION by_date SETTINGS mutations_sync = 0;

ALTER TABLE customer MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';
ALTER TABLE customer ADD PROJECTION IF NOT EXISTS by_date (SELECT tenant, created_at, key, owner_id, deal_status, deal_at, province, industry, level, source, deleted ORDER BY tenant, created_at);
ALTER TABLE customer APPLY DELETED MASK SETTINGS mutations_sync = 0;
ALTER TABLE customer MATERIALIZE PROJECTION by_date SETTINGS mutations_sync = 0;

ALTER TABLE contract MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild', allow_nullable_key = 1;
ALTER TABLE contract ADD PROJECTION IF NOT EXISTS by_date (SELECT tenant, order_date, key, owner_id, customer_key, amount, status, `lines.product_id`, `lines.quantity`, `lines.subtotal`, deleted ORDER BY tenant, order_date);
ALTER TABLE contract APPLY DELETED MASK SETTINGS mutations_sync = 0;
ALTER TABLE contract MATERIALIZE PROJECTION by_date SETTINGS mutations_sync = 0;

ALTER TABLE receivable MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild', allow_nullable_key = 1;
ALTER TABLE receivable ADD PROJECTION IF NOT EXISTS by_date (SELECT tenant, return_date, key, owner_id, contract_key, amount, status, deleted ORDER BY tenant, return_date);
ALTER TABLE receivable APPLY DELETED MASK SETTINGS mutations_sync = 0;
ALTER TABLE receivable MATERIALIZE PROJECTION by_date SETTINGS mutations_sync = 0;

ALTER TABLE invoice MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild', allow_nullable_key = 1;
ALTER TABLE invoice ADD PROJECTION IF NOT EXISTS by_date (SELECT tenant, issue_date, key, owner_id, contract_key, amount, status, issued, deleted ORDER BY tenant, issue_date);
ALTER TABLE invoice APPLY DELETED MASK SETTINGS mutations_sync = 0;
ALTER TABLE invoice MATERIALIZE PROJECTION by_date SETTINGS mutations_sync = 0;

ALTER TABLE opportunity MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';
ALTER TABLE opportunity ADD PROJECTION IF NOT EXISTS by_date (SELECT tenant, created_at, key, owner_id, pipeline_id, stage_id, end_state, amount, deleted ORDER BY tenant, created_at);
ALTER TABLE opportunity APPLY DELETED MASK SETTINGS mutations_sync = 0;
ALTER TABLE opportunity MATERIALIZE PROJECTION by_date SETTINGS mutations_sync = 0;

ALTER TABLE contact MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';
ALTER TABLE contact ADD PROJECTION IF NOT EXISTS by_date (SELECT tenant, created_at, key, owner_id, creator_id, deleted ORDER BY tenant, created_at);
ALTER TABLE contact APPLY DELETED MASK SETTINGS mutations_sync = 0;
ALTER TABLE contact MATERIALIZE PROJECTION by_date SETTINGS mutations_sync = 0;
