/** Who is asking: roles and data permission. */
export * from './caller';
