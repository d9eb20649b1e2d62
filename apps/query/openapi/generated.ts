/** The documents that are generated from the code and checked in (`npm run docs`). */
import { recordsSource } from '#crm';
import { handbook } from '#reports';
import { asyncApiDocument } from './asyncapi';
import { openApiDocument } from './document';

/** Contents by path from the project's root. */
export const generatedDocuments = (): Record<string, string> => ({
  'openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n`,
  'asyncapi.json': `${JSON.stringify(asyncApiDocument(), null, 2)}\n`,
  'libs/client/records.ts': recordsSource(),
  'docs/reports.md': handbook('en'),
  'docs/reports.zh-CN.md': handbook('zh-CN'),
});
