/** Shows what the live stream says; the browser reconnects by itself. */
const BOARDS = {
  'leaderboards/rank-contract-amount?preset=month&limit=10': 'board-1',
  'leaderboards/rank-follow-ups?preset=week&limit=10': 'board-2',
};
const FUNNEL = 'funnel?preset=year';
const shown = new Map();

const element = (name, text, className) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
};

const row = (cells, cell = 'td') => {
  const tr = element('tr');
  cells.forEach(([text, className]) => tr.append(element(cell, text, className)));
  return tr;
};

/** Grouped digits of a decimal string; never by way of a binary number. */
const grouped = (value) => {
  const [whole, fraction] = String(value).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? digits : `${digits}.${fraction}`;
};

const movement = ({ rank, previousRank }) => {
  if (previousRank === null || previousRank === undefined) return 'new';
  if (previousRank === rank) return '–';
  return previousRank > rank ? `▲ ${previousRank - rank}` : `▼ ${rank - previousRank}`;
};

function showBoard(table, { rows, source }) {
  const before = shown.get(table) ?? new Map();
  const head = [['#', 'number'], ['Name'], ['Department'], ['Value', 'number'], ['Since today', 'number']];
  const body = rows.map((entry) => {
    const tr = row([
      [String(entry.rank), 'number'],
      [entry.employeeName ?? entry.employeeId],
      [entry.departmentName ?? ''],
      [grouped(entry.value), 'number'],
      [movement(entry), 'number'],
    ]);
    if (before.size > 0 && before.get(entry.employeeId) !== entry.value) {
      tr.className = 'moved';
      setTimeout(() => tr.classList.remove('moved'), 1500);
    }
    return tr;
  });
  shown.set(table, new Map(rows.map((entry) => [entry.employeeId, entry.value])));
  document.getElementById(table).replaceChildren(row(head, 'th'), ...body);
  document.getElementById(table).dataset.source = source;
}

function showFunnel({ rows, headline }) {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const body = rows.map(({ stageName, count, amount }) => {
    const tr = row([[stageName], [grouped(count), 'number'], [grouped(amount), 'number']]);
    const meter = element('meter');
    Object.assign(meter, { min: 0, max: most, value: count, title: `${count} of ${most}` });
    meter.setAttribute('aria-label', `${stageName}: ${count}`);
    const cell = element('td');
    cell.append(meter);
    tr.append(cell);
    return tr;
  });
  const foot = row([
    ['won / lost'],
    ['', 'number'],
    [`${grouped(headline.wonAmount)} / ${grouped(headline.lostAmount)}`, 'number'],
    [''],
  ]);
  const head = [['Stage'], ['Count', 'number'], ['Amount', 'number'], ['']];
  document.getElementById('funnel').replaceChildren(row(head, 'th'), ...body, foot);
}

function showFeed({ items }) {
  const lines = items.slice(0, 12).map((item) => {
    const line = element('li', `${item.employeeName ?? item.employeeId ?? '–'} won ${grouped(item.amount)} `);
    line.append(element('small', `${item.customerName ?? ''} ${new Date(item.at).toLocaleTimeString()}`));
    return line;
  });
  document
    .getElementById('feed')
    .replaceChildren(...(lines.length > 0 ? lines : [element('li', 'No deal won yet since the start.')]));
}

const state = document.getElementById('state');
const topics = [...Object.keys(BOARDS), FUNNEL, 'feed'];
const stream = new EventSource(
  `/v1/live?${topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&')}`,
);
stream.onopen = () => (state.textContent = 'live');
stream.onerror = () => (state.textContent = 'disconnected, trying again…');
const on = (kind, show) => stream.addEventListener(kind, ({ data }) => show(JSON.parse(data)));
on('leaderboards', (data) => showBoard(BOARDS[data.topic], data));
on('funnel', showFunnel);
on('feed', showFeed);
