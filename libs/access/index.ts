/** Who is asking: roles, data permission, the secrets that prove it, and what may be handed on. */
export * from './caller';
export * from './grants';
export * from './secrets';
