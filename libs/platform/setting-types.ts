/** Kinds of settings, each with the check and the message that go with it. */
import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsInt, IsOptional, IsUrl, Matches, Max, Min } from 'class-validator';

/** A whole number within bounds, both included. */
export const Whole = (least: number, most = Number.MAX_SAFE_INTEGER): PropertyDecorator =>
  applyDecorators(
    Type(() => Number),
    IsInt(),
    Min(least),
    Max(most),
  );

/** An http(s) URL, of a host of any name; may be left unset. */
export const HttpUrl = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    IsUrl(
      { protocols: ['http', 'https'], require_tld: false, require_protocol: true },
      { message: 'must be an http:// or https:// URL' },
    ),
  );

/** Values separated by commas, each of one form. */
export const ListOf = (form: RegExp, message: string): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }): unknown =>
      typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value,
    ),
    Matches(form, { each: true, message }),
  );
