// The CRM's side: a change of a record and its row in the outbox are one transaction.
import { createPool } from 'mysql2/promise';

/** A pool as this example needs it: dates and decimals stay the strings they are. */
export const openDatabase = (uri) => createPool({ uri, dateStrings: true, timezone: 'Z' });

/** Runs `work` in a transaction: all of it is there afterwards, or, when it throws, nothing. */
export async function inTransaction(pool, work) {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const result = await work(connection);
    await connection.commit();
    return result;
  } catch (error) {
    await connection.rollback();
    throw error;
  } finally {
    connection.release();
  }
}

/**
 * Writes a contract and what is to be published of it. The record comes first: its lock is what keeps the
 * outbox's positions in the order of its changes.
 */
export async function saveContract(
  connection,
  { id, number, name, ownerId, orderDate, amount, status },
  verb,
) {
  await connection.execute(
    `INSERT INTO contract (id, number, name, owner_id, order_date, amount, status) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE number = VALUES(number), name = VALUES(name), owner_id = VALUES(owner_id),
       order_date = VALUES(order_date), amount = VALUES(amount), status = VALUES(status)`,
    [id, number, name, ownerId, orderDate, amount, status],
  );
  await remember(connection, 'contract', id, verb, {
    ...{ id, number, name, ownerId, orderDate, amount, status },
    lines: [],
  });
}

/** Deletes a contract. What hangs on it would be deleted, and remembered, here too. */
export async function deleteContract(connection, id) {
  const [{ affectedRows }] = await connection.execute('DELETE FROM contract WHERE id = ?', [id]);
  if (affectedRows > 0) await remember(connection, 'contract', id, 'deleted', null);
}

async function remember(connection, entity, id, verb, state) {
  await connection.execute('INSERT INTO outbox (entity, record_id, verb, state) VALUES (?, ?, ?, ?)', [
    ...[entity, id, verb],
    state && JSON.stringify(state),
  ]);
}
