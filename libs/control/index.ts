/** Control data: keys, screen tokens, settings made here, layouts, tickets, the audit log. */
export * from './audit';
export * from './authority';
export * from './erasures';
export * from './keys';
export * from './layout';
export * from './records';
export * from './screens';
export * from './store';
export * from './tenant-settings';
export { createTicket, ticketIn } from './tickets';
