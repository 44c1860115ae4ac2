// The table of firms: search, band, sort, page by page.
import { el, scroller, section } from './dom.js';
import { count, money, number } from './format.js';
import { bandNames } from './names.js';

const PAGE = 25;

const columns = [
  { key: 'id', title: 'Firm', text: true },
  { key: 'name', title: 'Name', text: true },
  { key: 'country', title: 'Country', text: true },
  { key: 'sector', title: 'Sector', text: true },
  { key: 'band', title: 'Band' },
  { key: 'score', title: 'Score', show: (value) => number(value, 1) },
  { key: 'change_eur', title: 'EBITDA change', show: money },
  { key: 'low_eur', title: 'Low', show: money },
  { key: 'high_eur', title: 'High', show: money },
  { key: 'loan_eur', title: 'Loans', show: money },
];

function rowsOf(data, at) {
  const { firms, rows } = data.table;
  const { firm, ...more } = rows[at];
  return firm.map((of, place) => ({
    id: firms.id[of], name: firms.name[of] ?? '', country: firms.country[of] ?? '', sector: firms.sector[of] ?? '', loan_eur: firms.loan_eur[of] ?? null,
    ...Object.fromEntries(Object.keys(more).map((key) => [key, more[key][place]])),
  }));
}

const order = (key, text) => (a, b) => (text ? a[key].localeCompare(b[key], 'en') : (a[key] ?? Infinity) - (b[key] ?? Infinity));

export function firmTable(data, at, linkOf) {
  const all = rowsOf(data, at);
  const shownColumns = columns.filter((column) => data.have_book || !['name', 'country', 'sector', 'loan_eur'].includes(column.key));
  const state = { text: '', band: '', key: 'change_eur', down: false, page: 0 };
  const body = el('tbody');
  const status = el('p', { class: 'status', role: 'status' });
  const heads = shownColumns.map((column) => el('th', { scope: 'col', class: !column.text && column.key !== 'band' && 'n' },
    el('button', { type: 'button', onclick: () => sort(column) }, column.title)));
  const search = el('input', { type: 'search', id: 'search', placeholder: 'id, name, country or sector', autocomplete: 'off', oninput: () => turn({ text: search.value.toLowerCase(), page: 0 }) });
  const band = el('select', { id: 'band', onchange: () => turn({ band: band.value, page: 0 }) }, el('option', { value: '' }, 'all'), bandNames.map((name, place) => el('option', { value: place }, name)));
  const back = el('button', { type: 'button', onclick: () => turn({ page: state.page - 1 }) }, 'Previous');
  const on = el('button', { type: 'button', onclick: () => turn({ page: state.page + 1 }) }, 'Next');

  function sort(column) {
    turn({ key: column.key, down: state.key === column.key ? !state.down : false, page: 0 });
  }
  function cell(row, { key, show, text }) {
    if (key === 'id') return el('th', { scope: 'row' }, linkOf(row.id, row.id));
    if (key === 'band') return el('td', {}, el('span', { class: `badge band-${bandNames[row.band]}` }, bandNames[row.band]));
    return el('td', { class: text ? key === 'name' && 'wrap' : 'n' }, show ? show(row[key]) : row[key]);
  }
  function turn(change) {
    Object.assign(state, change);
    const wanted = state.text.split(/\s+/).filter(Boolean);
    const found = all.filter((row) => (state.band === '' || row.band === Number(state.band))
      && wanted.every((word) => `${row.id} ${row.name} ${row.country} ${row.sector}`.toLowerCase().includes(word)));
    const column = columns.find(({ key }) => key === state.key);
    const by = order(state.key, column.text);
    found.sort((a, b) => (state.down ? by(b, a) : by(a, b)));
    const first = state.page * PAGE;
    body.replaceChildren(...found.slice(first, first + PAGE).map((row) => el('tr', {}, shownColumns.map((one) => cell(row, one)))));
    heads.forEach((head, place) => {
      const sorted = shownColumns[place].key === state.key;
      if (sorted) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    status.textContent = found.length === 0 ? 'No firm is like that.' : `${count(first + 1)} to ${count(Math.min(first + PAGE, found.length))} of ${count(found.length)}`;
    back.disabled = state.page === 0;
    on.disabled = first + PAGE >= found.length;
  }
  turn({});
  const part = all.length < data.firm_count ? `The ${count(all.length)} of ${count(data.firm_count)} firms with most EBITDA at risk; all other views count all firms.` : `All ${count(data.firm_count)} firms.`;
  return section('firms', 'Firms', `${part} EUR million a year; amounts are kept here to thousand EUR. Firms with a link have a page of their own.`,
    el('div', { class: 'controls' }, el('label', { for: 'search' }, 'Search'), search, el('label', { for: 'band' }, 'Band'), band),
    scroller('Firms', el('table', { class: 'firms' }, el('caption', { class: 'unseen' }, 'Firms, EUR million a year'), el('thead', {}, el('tr', {}, heads)), body)),
    el('div', { class: 'controls pages' }, back, status, on));
}
