/**
 * Every report and every list of records as CSV and as a spreadsheet, over HTTP from a real process,
 * beside what the same question answers as JSON.
 */
import { isoOf, zoneNamed } from '#calendar';
import { REPORTS, type AnyReport, type Column } from '#reports';
import { randomHistory } from '../model';
import { upsert } from '../support/events';
import { fetchFile, FORMATS, sectionsOf, type Section } from '../support/files';
import { ENGINE_SETS, Floor } from '../support/floor';

type Values = Record<string, unknown>;

interface Answer {
  series?: Values[];
  rows?: Values[];
  totals?: Values;
  headline?: Values;
}

const TIME_ZONE = 'Asia/Shanghai';
const today = isoOf(zoneNamed(TIME_ZONE).dayAt(Date.now()));
const FORMULA = '=HYPERLINK("https://evil.example")';

/** A value as both formats show it. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

const labels = (columns: readonly Column[] = []): string[] => columns.map(({ label }) => label.en);

const line = (columns: readonly Column[], row: Values): string[] => columns.map(({ key }) => shown(row[key]));

/** The columns of rows, an object of counts as one column per option. */
function rowColumns(report: AnyReport, { rows = [], totals }: Answer): Column[] {
  const counts = Object.keys(rows[0]?.['counts'] ?? totals?.['counts'] ?? {});
  return (report.columns.rows ?? []).flatMap((column) =>
    column.type === 'counts'
      ? counts.map((option) => ({ ...column, key: option, label: { 'zh-CN': option, en: option } }))
      : [column],
  );
}

/** What a file must hold of an answer, but for the table of goals. */
function expectedSections(report: AnyReport, answer: Answer): Section[] {
  const sections: Section[] = [];
  const { headline, series, rows, totals } = answer;
  if (headline) sections.push(...headlineSections(report, headline));
  if (series) {
    const columns = report.columns.series ?? [];
    const lines = series.map((item) => line(columns, item));
    sections.push({ title: 'Trend', header: labels(columns), rows: lines });
  }
  if (rows) {
    const columns = rowColumns(report, answer);
    const flat = (row: Values): Values => ({ ...row, ...(row['counts'] as Values | undefined) });
    const lines = rows.map((row) => line(columns, flat(row)));
    if (totals) lines.push(['Total', ...line(columns, flat(totals)).slice(1)]);
    sections.push({ title: 'Details', header: labels(columns), rows: lines });
  }
  return sections;
}

function headlineSections({ columns }: AnyReport, headline: Values): Section[] {
  if ('self' in headline) {
    const self = headline['self'] as Values | null;
    const own = columns.rows ?? [];
    return [{ title: 'Myself', header: labels(own), rows: self ? [line(own, self)] : [] }];
  }
  const declared = columns.headline ?? [];
  const compared = ['previousValue', 'growth', 'toDatePreviousValue', 'toDateGrowth'];
  const isCard = typeof headline[declared[0]?.key ?? ''] === 'object';
  const parts = ['value', ...(isCard ? compared : [])];
  const names = ['Value', 'Previous period', 'Growth', 'Previous period to date', 'Growth to date'];
  return [
    {
      title: 'Summary',
      header: ['Figure', ...names.slice(0, parts.length)],
      rows: declared.map(({ key, label }) => {
        const card = (isCard ? headline[key] : { value: headline[key] }) as Values;
        return [label.en, ...parts.map((part) => shown(card[part]))];
      }),
    },
  ];
}

const MEDIA_TYPES = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats' };

describe.each(ENGINE_SETS)('files on %s engines', (set) => {
  let floor: Floor;
  let employee: { id: string; name: string };
  // The servers prove the way there, the reports themselves are the same.
  const reports =
    set === 'embedded'
      ? REPORTS
      : REPORTS.filter(({ id }) => ['customer-total', 'amount-ratio-detail', 'product-sales'].includes(id));

  beforeAll(async () => {
    floor = await Floor.start(set, { TIME_ZONE });
    const history = randomHistory(7, { timeZone: TIME_ZONE, today, size: 60 });
    await floor.publish(history.events);
    employee = history.world.all('employee')[0] as typeof employee;
    await floor.publish([
      upsert('customer', {
        id: 'formula',
        name: FORMULA,
        ownerId: 'employee-1',
        creatorId: 'employee-1',
        createdAt: `${today}T00:30:00+08:00`,
        dealStatus: 'deal',
        mobile: '+8613800000000',
      }),
    ]);
    await floor.settle();
  }, 240_000);
  afterAll(() => floor?.stop());

  const fetched = (path: string): ReturnType<typeof fetchFile> => fetchFile(`${floor.queryUrl}${path}`);

  describe.each(reports.map((report) => [report.id, report] as const))('%s', (id, report) => {
    const paged = report.paged ? '&limit=1000' : '';
    const period = report.period.kind === 'period' ? 'preset=year&' : '';

    test.each(FORMATS)('%s says what JSON says', async (format) => {
      const answer = await floor.get<Answer>(`/v1/reports/${id}?${period}${paged}`);
      const { status, headers, bytes } = await fetched(`/v1/reports/${id}?${period}format=${format}&lang=en`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toContain(MEDIA_TYPES[format]);
      const sections = sectionsOf(format, bytes);
      if (format === 'xlsx') expect(sections.pop()?.title).toBe('About');
      if (id === 'goal-completion') return expectGoals(sections.at(-1), answer.rows ?? []);
      const expected = expectedSections(report, answer);
      const titled = format === 'xlsx' || expected.length > 1;
      expect(sections).toEqual(titled ? expected : expected.map((one) => ({ ...one, title: null })));
    });

    test.each(FORMATS)('%s of the records holds all of them', async (format) => {
      for (const column of Object.keys(report.drill.records)) {
        const cell = `/v1/reports/${id}/records?${period}column=${column}`;
        const { rows, totals } = await floor.get<Required<Answer>>(`${cell}&limit=1000`);
        const { status, bytes } = await fetched(`${cell}&format=${format}&lang=en`);
        expect(status).toBe(200);
        const [section] = sectionsOf(format, bytes);
        const lines = section?.rows.slice(0, -1) ?? [];
        expect({ column, ids: lines.map(([id]) => id) }).toEqual({
          column,
          ids: rows.map((row) => shown(row['id'])),
        });
        expect(lines.length).toBe(totals['count']);
        const amount = section?.header.indexOf('Amount') ?? -1;
        if (amount < 0) continue;
        expect(lines.map((one) => one[amount])).toEqual(rows.map((row) => shown(row['amount'])));
        expect(section?.rows.at(-1)?.[amount]).toBe(shown(totals['amount']));
      }
    });
  });

  test('a closed opportunity stands with its end state for a stage', async () => {
    const path = '/v1/reports/new-opportunities/records?preset=year&column=newOpportunities';
    const { rows } = await floor.get<Required<Answer>>(`${path}&limit=1000`);
    const words: Record<string, string> = { won: 'Won', lost: 'Lost', invalid: 'Invalid' };
    const stages = rows.map((row) => words[String(row['endState'])] ?? shown(row['stageName']));
    expect(new Set(stages).size).toBeGreaterThan(3);
    for (const format of FORMATS) {
      const { bytes } = await fetched(`${path}&format=${format}&lang=en`);
      const [section] = sectionsOf(format, bytes);
      const stage = section?.header.indexOf('Stage') ?? -1;
      expect(section?.rows.slice(0, -1).map((one) => one[stage])).toEqual(stages);
    }
  });

  test('options that are whole numbers stand in the order they were configured', async () => {
    const satisfactionOptions = ['10', '好', '9', '1'];
    const settings = { id: 'settings', contractExpiryDays: null, satisfactionOptions } as const;
    await floor.publish([upsert('settings', settings, { sequence: String(10n ** 17n) })]);
    await floor.settle();
    const path = '/v1/reports/satisfaction-employee?preset=year';
    for (const format of FORMATS) {
      const sections = sectionsOf(format, (await fetched(`${path}&format=${format}`)).bytes);
      expect(sections[0]?.header.slice(-4)).toEqual(satisfactionOptions);
    }
    const { bytes } = await fetched(path);
    const counts = [...bytes.toString('utf8').matchAll(/"counts":\{([^}]+)\}/g)];
    expect(counts.length).toBeGreaterThan(1);
    for (const [, members = ''] of counts) {
      expect([...members.matchAll(/"([^"]+)":/g)].map(([, option]) => option)).toEqual(satisfactionOptions);
    }
  });

  test('a problem of a report whose options keep their order is a problem like any other', async () => {
    const response = await fetch(`${floor.queryUrl}/v1/reports/satisfaction-employee?preset=never`);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ status: 400, errors: [expect.objectContaining({ parameter: 'preset' })] }),
    ]);
  });

  test('by the Accept header; JSON without a wish', async () => {
    const typeFor = async (accept: string): Promise<string | null> => {
      const { headers } = await fetchFile(`${floor.queryUrl}/v1/reports/customer-total`, { accept });
      return headers.get('content-type');
    };
    expect(await typeFor('text/csv')).toContain('text/csv');
    expect(await typeFor(`${MEDIA_TYPES.xlsx}-officedocument.spreadsheetml.sheet`)).toContain('sheet');
    expect(await typeFor('text/csv;q=0.5, application/json;q=0.4')).toContain('text/csv');
    expect(await typeFor('text/html,application/xhtml+xml,*/*;q=0.8')).toContain('application/json');
    expect(await typeFor('*/*')).toContain('application/json');
    expect(await typeFor('text/csv;q=0')).toContain('application/json');
  });

  test('the name says report, period and scope', async () => {
    const { headers } = await fetched(
      `/v1/reports/customer-total?from=2026-01-01&to=2026-03-31&employeeId=${employee.id}&format=csv`,
    );
    const named = /^attachment; filename="([^"]+)"; filename\*=UTF-8''(.+)$/.exec(
      headers.get('content-disposition') ?? '',
    );
    expect(named?.[1]).toBe('customer-total_2026-01-01_2026-03-31_employee.csv');
    expect(decodeURIComponent(named?.[2] ?? '')).toBe(
      `客户总量分析_2026-01-01_2026-03-31_${employee.name}.csv`,
    );
    expect(headers.get('x-as-of')).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test("labels are in the tenant's language unless another is asked for", async () => {
    const header = async (query: string): Promise<string[] | undefined> =>
      sectionsOf('csv', (await fetched(`/v1/reports/product-sales?format=csv${query}`)).bytes)[0]?.header;
    expect(await header('')).toContain('合同数');
    expect(await header('&lang=en')).toContain('Contracts');
  });

  test('a text that looks like a formula stays text', async () => {
    const path = '/v1/reports/customer-total/records?preset=today&column=newCustomers';
    const { bytes } = await fetched(`${path}&format=csv`);
    expect(bytes.toString('utf8')).toContain(`,"'=HYPERLINK(""https://evil.example"")",`);
    expect(bytes.toString('utf8')).toContain(`,'+8613800000000,`);
  });

  test('limit and offset do not cut a file', async () => {
    const rows = async (query: string): Promise<number | undefined> =>
      sectionsOf('csv', (await fetched(`/v1/reports/amount-ratio-detail?format=csv${query}`)).bytes)[0]?.rows
        .length;
    expect(await rows('&limit=1&offset=1')).toBe(await rows(''));
  });

  test('a wrong question is a problem, not a file', async () => {
    const { status, headers, bytes } = await fetched('/v1/reports/customer-total?preset=never&format=xlsx');
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('content-disposition')).toBeNull();
    expect(JSON.parse(bytes.toString('utf8'))).toMatchObject({ errors: [{ parameter: 'preset' }] });
  });
});

/** The year, then each quarter followed by its months. */
function expectGoals(section: Section | undefined, rows: Values[]): void {
  expect(section?.title).toBe('Details');
  expect(section?.rows.length).toBe(rows.length);
  const year = today.slice(0, 4);
  expect(section?.header.slice(0, 9)).toEqual([
    'Type',
    'Id',
    'Name',
    ...['Target', 'Done', 'Completion rate'].map((figure) => `${year} ${figure}`),
    ...['Target', 'Done', 'Completion rate'].map((figure) => `${year}-Q1 ${figure}`),
  ]);
  rows.forEach((row, index) => {
    const [quarters, months] = [row['quarters'] as Values[], row['months'] as Values[]];
    const spans = [
      row['year'] as Values,
      ...quarters.flatMap((quarter, nth) => [quarter, ...months.slice(3 * nth, 3 * nth + 3)]),
    ];
    expect(section?.rows[index]?.slice(3)).toEqual(
      spans.flatMap(({ target, done, rate }) => [shown(target), shown(done), shown(rate)]),
    );
  });
}
