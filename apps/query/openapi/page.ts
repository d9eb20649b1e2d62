/** The document as a page without scripts: what can be called, with what, and what comes back. */
import type { Answer, Content, Parameter, Schema } from './model';
import type { Described, OpenApiDocument } from './document';

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);

/** Text whose parts between backquotes are code. */
const prose = (text: string): string =>
  escape(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .split(/\n\n+/)
    .map((paragraph) => `<p>${paragraph}</p>`)
    .join('');

/** A schema in short: `text`, `integer or null`, a list, a reference, or its JSON. */
function shortly(schema: Schema): string {
  const { $ref: reference, type, enum: values, anyOf, items } = schema;
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    return `<a href="#schema-${escape(name)}">${escape(name)}</a>`;
  }
  if (Array.isArray(values)) return values.map((value) => `<code>${escape(String(value))}</code>`).join(' ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => shortly(one as Schema)).join(' or ');
  if (type === 'array' && items) return `list of ${shortly(items as Schema)}`;
  if (type !== undefined) return escape([type].flat().map(String).join(' or '));
  return 'any';
}

const whole = (schema: Schema): string =>
  Object.keys(schema).length === 1 && '$ref' in schema
    ? `<p>${shortly(schema)}</p>`
    : `<details><summary>${shortly(schema)}</summary><pre>${escape(JSON.stringify(schema, null, 2))}</pre></details>`;

const contents = (content: Content): string =>
  Object.entries(content)
    .map(([type, { schema }]) => `<p><code>${escape(type)}</code></p>${whole(schema)}`)
    .join('');

function parameterTable(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, in: where, required, description = '', schema }) => {
    const standard =
      'default' in schema ? ` Default: <code>${escape(String(schema['default']))}</code>.` : '';
    const placed = `${where}${required ? ', required' : ''}`;
    return `<tr><th scope="row"><code>${escape(name)}</code></th><td>${placed}</td><td>${shortly(schema)}</td><td>${escape(description)}${standard}</td></tr>`;
  });
  return `<table><caption>Parameters</caption><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function answerList(responses: Described['responses'], problems: Record<string, object>): string {
  const items = Object.entries(responses).map(([status, response]) => {
    const reference = (response as { $ref?: string }).$ref?.split('/').at(-1) ?? '';
    const { description, content = {} } = (problems[reference] ?? response) as Answer;
    return `<dt>${escape(status)}</dt><dd>${prose(description)}${reference === '' ? contents(content) : ''}</dd>`;
  });
  return `<h4>Answers</h4><dl>${items.join('')}</dl>`;
}

function operation(
  method: string,
  path: string,
  described: Described,
  problems: Record<string, object>,
): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = described;
  const roles = described['x-roles'];
  return `<article id="${operationId}">
<h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${escape(path)}</code></h3>
<p><strong>${escape(summary)}</strong></p>${description === undefined ? '' : prose(description)}
<p>${roles ? `Role: ${roles.map((role) => `<code>${escape(role)}</code>`).join(' or ')}` : 'Public'}</p>
${parameterTable(parameters)}
${requestBody ? `<h4>Body</h4>${contents(requestBody.content)}` : ''}
${answerList(responses, problems)}
</article>`;
}

interface Listed {
  method: string;
  path: string;
  described: Described;
}

const operationsOf = ({ paths }: OpenApiDocument, tag: string): Listed[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag))
      .map(([method, described]) => ({ method, path, described })),
  );

const schemaEntry = ([name, schema]: [string, Schema]): string =>
  `<article id="schema-${escape(name)}"><h3>${escape(name)}</h3><pre>${escape(JSON.stringify(schema, null, 2))}</pre></article>`;

/** HTML in full; styles come from `/docs.css`. */
export function docsPage(document: OpenApiDocument): string {
  const { title, description } = document.info as { title: string; description: string };
  const sections = document.tags.map(({ name, description: about }) => {
    const id = name.toLowerCase().replace(/\W+/g, '-');
    const listed = operationsOf(document, name);
    const links = listed.map(
      ({ method, path, described }) =>
        `<li><a href="#${described.operationId}">${method.toUpperCase()} ${escape(path)}</a></li>`,
    );
    return {
      nav: `<li><details><summary>${escape(name)}</summary><ul>${links.join('')}</ul></details></li>`,
      body: `<section aria-labelledby="${id}"><h2 id="${id}">${escape(name)}</h2><p>${escape(about)}</p>${listed
        .map(({ method, path, described }) =>
          operation(method, path, described, document.components.responses),
        )
        .join('')}</section>`,
    };
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} API</title><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/docs.css"></head>
<body><nav aria-label="Operations"><ul>${sections.map(({ nav }) => nav).join('')}<li><a href="#schemas">Schemas</a></li></ul></nav>
<main><h1>${escape(title)} API</h1>${prose(description)}<p><a href="/openapi.json">openapi.json</a> (OpenAPI ${document.openapi})</p>
${sections.map(({ body }) => body).join('\n')}
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>${Object.entries(document.components.schemas).map(schemaEntry).join('\n')}</section>
</main></body></html>
`;
}

export const DOCS_STYLE = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --soft: color-mix(in srgb, currentColor 6%, transparent) }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: minmax(14rem, 20rem) minmax(0, 1fr) }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); font-size: 14px }
nav ul { list-style: none; margin: 0; padding-left: .75rem }
main { padding: 1rem 2rem; max-width: 72rem }
article { border-top: 1px solid var(--line); padding: .5rem 0 1rem }
h3 { overflow-wrap: anywhere }
.method { font-size: .8em; border: 1px solid currentColor; border-radius: 4px; padding: 0 .4em }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-weight: bold }
th, td { text-align: left; vertical-align: top; border: 1px solid var(--line); padding: .25rem .5rem; overflow-wrap: anywhere }
pre { background: var(--soft); padding: .75rem; overflow: auto; font-size: 13px }
code { background: var(--soft); overflow-wrap: anywhere }
dt { font-weight: bold } dd { margin-left: 1.5rem }
@media (max-width: 50rem) { body { display: block } nav { position: static; height: auto } main { padding: 1rem } }
`;
