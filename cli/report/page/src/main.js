// The page: reads what tolmuur has written into it, and shows the portfolio or a firm.
import { drawWaiting, forget } from './charts.js';
import { append, el } from './dom.js';
import { firmView } from './firm.js';
import { firmTable } from './list.js';
import * as overview from './overview.js';

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read('data');
data.settings = Object.fromEntries(data.run?.resolved ?? []);
data.baseline = data.settings.baseline;
data.movers ??= null;
// Lists come in thousand EUR and ten-thousandths, which keeps the page small.
const units = { _keur: [1000, '_eur'], _e4: [1e-4, ''] };
for (const list of [data.table?.firms, ...(data.table?.rows ?? []), ...(data.points ?? [])].filter(Boolean)) {
  for (const key of Object.keys(list)) {
    const unit = Object.keys(units).find((ending) => key.endsWith(ending));
    if (unit) list[key.slice(0, -unit.length) + units[unit][1]] = list[key].map((value) => (value === null ? null : value * units[unit][0]));
    if (unit) delete list[key];
  }
}

const pageOf = new Map(data.pages.map((id, place) => [id, place]));
const state = { scenario: data.scenario, view: '' };
const main = el('main', { id: 'view', tabindex: -1 });

const firmHash = (id) => `#firm=${encodeURIComponent(id)}`;
const linkOf = (id, text) => (pageOf.has(id) ? el('a', { href: firmHash(id) }, text) : text);
const nameOf = (place) => data.table.firms.name[place] || data.table.firms.id[place];
const placeOf = new Map((data.table?.firms.id ?? []).map((id, place) => [id, place]));
const nameOfId = (id) => (placeOf.has(id) ? nameOf(placeOf.get(id)) : id);

// ---- views ---------------------------------------------------------------------------------------------------------
function portfolio() {
  const at = state.scenario;
  return [
    overview.glance(data, at), overview.bands(data, at), overview.sectors(data, at), overview.flows(data, at), overview.scenarios(data),
    overview.movers(data, at, nameOfId, (id) => linkOf(id, id)), overview.concentration(data, at, nameOf, (place) => pageOf.has(data.table.firms.id[place]) && go(firmHash(data.table.firms.id[place]))),
    overview.draws(data, at, nameOf), firmTable(data, at, linkOf), overview.source(data),
  ].filter(Boolean);
}

const firm = (id) => firmView(read(`firm-${pageOf.get(id)}`), state.scenario, data, linkOf);

function firmList() {
  return el('section', { 'aria-labelledby': 'pages-title' }, el('h2', { id: 'pages-title' }, 'Firms of this report'), el('ul', { class: 'facts' }, data.pages.map((id) => el('li', {}, linkOf(id, id)))));
}

// Links are mangled on their way; what cannot be read names no firm.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

// Of a book with one firm there is nothing else to see.
function viewOf(hash) {
  const wanted = hash.startsWith('#firm=') ? decoded(hash.slice(6)) : '';
  if (pageOf.has(wanted)) return { view: wanted, content: () => [data.of_run || data.pages.length > 1 ? el('p', { class: 'back' }, el('a', { href: '#' }, data.of_run ? 'Portfolio' : 'All firms')) : null, firm(wanted)] };
  if (hash === '#print') return { view: '#print', content: () => [...(data.of_run ? portfolio() : []), ...data.pages.map(firm)] };
  if (!data.of_run) return { view: '', content: () => (data.pages.length === 1 ? [firm(data.pages[0])] : [firmList()]) };
  return { view: '', content: portfolio };
}

function render() {
  const { view, content } = viewOf(location.hash);
  forget();
  state.view = view;
  main.replaceChildren();
  append(main, [content()]);
  drawWaiting(view === '#print');
  contents.replaceChildren(...(view === '' && data.of_run ? [...main.querySelectorAll('section')].map((part) => el('a', { href: `#${part.id}`, onclick: (event) => jump(event, part) }, short[part.id] ?? part.id)) : []));
  document.documentElement.toggleAttribute('data-print', view === '#print');
  document.documentElement.setAttribute('data-height', String(document.documentElement.scrollHeight));
}

const short = { glance: 'At a glance', bands: 'Bands', sectors: 'Sectors', flows: 'Flows', scenarios: 'Scenarios', movers: 'Movers', concentration: 'Concentration', draws: 'Draws', firms: 'Firms', source: 'Source' };
function jump(event, part) {
  event.preventDefault();
  part.scrollIntoView();
  history.replaceState(null, '', `#${part.id}`);
}
function go(hash) {
  location.hash = hash;
}

// ---- frame ---------------------------------------------------------------------------------------------------------
const choice = el('select', { id: 'scenario', onchange: () => { state.scenario = Number(choice.value); render(); } }, data.scenarios.map((scenario, place) => el('option', { value: place, selected: place === data.scenario }, scenario.name === scenario.on ? scenario.name : `${scenario.name} (${scenario.on})`)));
const contents = el('nav', { 'aria-label': 'Contents' });
const header = el('header', {}, el('div', { class: 'bar-top' }, el('h1', {}, 'Tariff exposure', el('small', {}, ` ${data.path}`)), el('div', { class: 'controls' }, el('label', { for: 'scenario' }, 'Scenario'), choice)), contents);
const warning = data.have_book ? null : el('p', { class: 'warning' }, `Names, sectors, flows of duty, loans and the firms’ pages are left out, since they need what the run was made from: ${data.reason}`);

document.getElementById('static').remove();
document.body.prepend(header, ...(warning ? [warning] : []), main);
window.addEventListener('hashchange', () => {
  const { view } = viewOf(location.hash);
  if (view === state.view) return;
  render();
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
});
// What is printed is as wide as paper: charts scale, for they say how wide they were drawn.
render();
