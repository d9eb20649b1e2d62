/** Fields that several control records have. */
import { ValidateBy } from 'class-validator';

/** A name people give: one line, no control characters. */
export const NAME = /^[^\p{Cc}\p{Cs}]{1,128}$/u;
export const NAME_MESSAGE = 'must be a text of 1 to 128 characters in one line';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** An instant with its offset, e.g. `2026-12-31T23:59:59+08:00`. */
export const IsInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) =>
        typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
      defaultMessage: () => 'must be an instant with its offset, e.g. 2026-12-31T23:59:59Z',
    },
  });
