import { FACTS_GROUP } from '#pipeline';

/** Group and transport of this consumer. */
export const FACTS = { group: FACTS_GROUP, transport: Symbol('facts') } as const;
