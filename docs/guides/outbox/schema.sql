-- For MariaDB 10.6 or newer and MySQL 8.

-- A table of the CRM, as it may be there already.
CREATE TABLE IF NOT EXISTS contract (
  id VARCHAR(64) NOT NULL PRIMARY KEY,
  number VARCHAR(64) NOT NULL,
  name VARCHAR(255) NOT NULL,
  owner_id VARCHAR(64),
  order_date DATE,
  amount DECIMAL(15, 2) NOT NULL,
  status VARCHAR(16) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What has to be published. Its position is the version of the record: transactions that change the same
-- record wait for each other, so its positions grow in the order of its changes, deletions included.
CREATE TABLE IF NOT EXISTS outbox (
  position BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  entity VARCHAR(32) NOT NULL,
  record_id VARCHAR(64) NOT NULL,
  verb VARCHAR(64) NOT NULL,
  state JSON, -- the record's full state; null when it was deleted
  changed_at DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
