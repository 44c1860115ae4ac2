// One firm: the answer of `tolmuur firm --format json`, laid out. Every number stands in an element that names its place in that answer.
import { el, section, table } from './dom.js';
import { count, million, number, percent } from './format.js';
import { authorityName, countryName } from './names.js';

const kinds = {
  eur: (value, decimals) => million(value, decimals),
  share: (value) => percent(value, 2),
  rate: (value) => percent(value, 2),
  number: (value) => number(value, 2),
  fine: (value) => number(value, 4),
  score: (value) => number(value, 1),
  count,
};

// Money of a firm is shown with the same number of places throughout.
const placesOf = ({ firm }) => (firm.revenue_eur >= 1e10 ? 1 : firm.revenue_eur >= 1e9 ? 2 : 3);

// A number of the answer: its value in full, and what is shown of it.
function figure(answer, path, kind) {
  const value = path.split('.').reduce((at, key) => at?.[key], answer);
  return value === null || value === undefined ? el('span', { class: 'missing' }, '\u2013') : el('data', { value, 'data-path': path, 'data-kind': kind }, kind === 'eur' ? kinds.eur(value, placesOf(answer)) : kinds[kind](value));
}

function bar(value, most) {
  if (value === 0) return '';
  const mark = el('span', { class: `bar ${value < 0 ? 'loss' : 'gain'}` });
  mark.style.width = `${most > 0 ? Math.min(100, Math.abs(value) / most * 100) : 0}%`;
  return el('span', { class: 'bars', 'aria-hidden': 'true' }, mark);
}

// ---- head ----------------------------------------------------------------------------------------------------------
function tile(label, content, unit, note) {
  return el('div', { class: 'tile' }, el('dt', {}, label), el('dd', {}, el('strong', {}, content), unit && ' ', unit && el('span', { class: 'unit' }, unit), note && el('small', {}, note)));
}

function head(answer, at) {
  const row = answer.scenarios[at].row;
  const of = (key, kind) => figure(answer, `scenarios.${at}.row.${key}`, kind);
  return el('dl', { class: 'tiles' },
    tile('EBITDA change', of('ebitda_change_eur', 'eur'), 'EUR million', ['range ', figure(answer, `scenarios.${at}.range.low_eur`, 'eur'), ' to ', figure(answer, `scenarios.${at}.range.high_eur`, 'eur')]),
    tile('Margin at risk', of('margin_at_risk', 'share'), 'of EBITDA', ['EBITDA ', figure(answer, 'firm.ebitda_eur', 'eur'), ' EUR million']),
    tile('Score', of('score', 'score'), 'of 100', ['band ', row.band ?? 'none', ', without resilience ', of('score_exposure', 'score')]),
    tile('Interest cover', of('interest_cover', 'number'), 'times', ['loans ', figure(answer, 'firm.loan_eur', 'eur'), ' EUR million']),
    tile('Revenue', figure(answer, 'firm.revenue_eur', 'eur'), 'EUR million', ['to the US ', of('us_sales_share', 'share')]),
    tile('Purchases from China', of('china_purchase_share', 'share'), 'of purchases', ['HHI of origins ', of('hhi_origin', 'number')]));
}

// ---- the tree of causes --------------------------------------------------------------------------------------------
function lineTitle(line) {
  return line.side === 'sales' ? `HS ${line.hs} to ${countryName(line.importer)}` : `HS ${line.hs} from ${countryName(line.origin)}`;
}

function causeTree(answer, at) {
  const scenario = answer.scenarios[at];
  const most = Math.max(...Object.values(scenario.parts).map(Math.abs), ...scenario.lines.map((line) => Math.abs(line.ebitda_eur)));
  const rows = [];
  const blank = el('td', {});
  const add = (level, title, path, value, more = {}) => rows.push(el('tr', { class: `level-${level}` }, el('th', { scope: 'row' }, title),
    el('td', { class: 'n' }, path ? figure(answer, path, 'eur') : ''), path ? el('td', { class: 'bar-cell' }, bar(value, most)) : blank.cloneNode(),
    el('td', { class: 'n' }, more.value ?? ''), el('td', { class: 'n' }, more.rates ?? ''), el('td', { class: 'n' }, more.duty ?? '')));
  const base = `scenarios.${at}`;
  add(0, 'Change of EBITDA', `${base}.row.ebitda_change_eur`, scenario.row.ebitda_change_eur);
  for (const [side, title] of [['sales', 'Own sales'], ['purchases', 'Own purchases']]) {
    add(1, title, `${base}.parts.${side}_eur`, scenario.parts[`${side}_eur`]);
    scenario.lines.forEach((line, place) => {
      if (line.side !== side) return;
      const path = `${base}.lines.${place}`;
      add(2, [lineTitle(line), line.facts && el('small', {}, ` ${line.facts}`)], `${path}.ebitda_eur`, line.ebitda_eur, {
        value: figure(answer, `${path}.value_eur`, 'eur'), duty: figure(answer, `${path}.duty_eur`, 'eur'),
        rates: [figure(answer, `${path}.base_rate`, 'rate'), ' → ', figure(answer, `${path}.new_rate`, 'rate')],
      });
      line.authorities.forEach((cause, which) => add(3, [authorityName(cause.authority), cause.ended && ' (ended)', el('small', {}, ` ${cause.source}`)], null, 0,
        { duty: figure(answer, `${path}.authorities.${which}.duty_eur`, 'eur') }));
    });
    const rest = scenario.other_lines[side];
    if (rest.count > 0) {
      add(2, [figure(answer, `${base}.other_lines.${side}.count`, 'count'), ' other lines'], `${base}.other_lines.${side}.ebitda_eur`, rest.ebitda_eur,
        { value: figure(answer, `${base}.other_lines.${side}.value_eur`, 'eur'), duty: figure(answer, `${base}.other_lines.${side}.duty_eur`, 'eur') });
    }
  }
  for (const [key, part, named, title] of [['lost_orders', 'lost_orders_eur', 'customers', 'Orders lost through customers'], ['dearer_inputs', 'dearer_inputs_eur', 'suppliers', 'Dearer inputs through suppliers']]) {
    const chain = scenario[key];
    const path = `${base}.${key}`;
    add(1, title, `${base}.parts.${part}`, scenario.parts[part]);
    chain[named].forEach((partner, place) => add(2, `${partner.firm_id} ${partner.name}`, `${path}.${named}.${place}.ebitda_eur`, partner.ebitda_eur, { value: figure(answer, `${path}.${named}.${place}.value_eur`, 'eur') }));
    chain.sectors.forEach((sector, place) => add(2, `not named: ${sector.title} ${key === 'lost_orders' ? 'to' : 'from'} ${countryName(sector.country)}`, `${path}.sectors.${place}.ebitda_eur`, sector.ebitda_eur,
      { value: figure(answer, `${path}.sectors.${place}.value_eur`, 'eur') }));
    for (const [rest, name] of [[`other_${named}`, `other ${named}`], ['other_sectors', 'other sectors']]) {
      if (chain[rest].count > 0) {
        add(2, [figure(answer, `${path}.${rest}.count`, 'count'), ` ${name}`], `${path}.${rest}.ebitda_eur`, chain[rest].ebitda_eur, { value: figure(answer, `${path}.${rest}.value_eur`, 'eur') });
      }
    }
  }
  if (scenario.parts.rounding_eur !== 0) add(1, 'Rounding', `${base}.parts.rounding_eur`, scenario.parts.rounding_eur);
  return el('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': 'Tree of causes' }, el('table', { class: 'tree' }, el('caption', { class: 'unseen' }, 'Causes of the change of EBITDA, EUR million a year'),
    el('thead', {}, el('tr', {}, ['Cause', 'EBITDA', '', 'Value', 'Duty rate', 'Duty'].map((title, place) => (title ? el('th', { scope: 'col', class: place > 0 && 'n' }, title) : el('td', {}))))), el('tbody', {}, rows)));
}

// ---- law -----------------------------------------------------------------------------------------------------------
function articles(answer, at) {
  const found = new Map();
  for (const line of answer.scenarios[at].lines) {
    for (const { authority, source, ended } of line.authorities) {
      const key = `${authority}|${source}|${ended}`;
      if (!found.has(key)) found.set(key, { authority, source, ended, goods: new Set() });
      found.get(key).goods.add(lineTitle(line));
    }
  }
  if (found.size === 0) return null;
  return [el('h3', {}, 'Articles of law'), table('Articles of law behind the lines above', [
    { title: 'Authority', cell: (article) => [authorityName(article.authority), article.ended && ' (ended)'], classes: 'nowrap' },
    { title: 'Article', cell: (article) => article.source, classes: 'wrap' },
    { title: 'Goods', cell: (article) => [...article.goods].join('; '), classes: 'wrap' },
  ], [...found.values()])];
}

// ---- partners ------------------------------------------------------------------------------------------------------
function partners(answer, at, linkOf) {
  return [['lost_orders', 'customers', 'Customers', 'Share of their orders that they lose; what comes of it for this firm'],
    ['dearer_inputs', 'suppliers', 'Suppliers', 'Share by which they buy dearer, and what they hand on']].map(([key, named, title, note]) => {
    const list = answer.scenarios[at][key][named];
    const path = `scenarios.${at}.${key}.${named}`;
    if (list.length === 0) return null;
    return [el('h3', {}, title), el('p', { class: 'note' }, note), table(`${title}, EUR million a year`, [
      { title: 'Firm', cell: (partner) => [linkOf(partner.firm_id, partner.firm_id), ` ${partner.name}`] }, { title: 'Country', cell: (partner) => countryName(partner.country) }, { title: 'Sector', cell: (partner) => partner.sector },
      { title: 'Value', number: true, cell: (_, place) => figure(answer, `${path}.${place}.value_eur`, 'eur') },
      ...[['Directly', 'direct'], ['Along its chain', 'indirect'], ['Handed on', 'handed_on']].map(([name, field]) => ({ title: name, number: true, cell: (_, place) => figure(answer, `${path}.${place}.${field}`, 'share') })),
      { title: 'EBITDA', number: true, cell: (_, place) => figure(answer, `${path}.${place}.ebitda_eur`, 'eur') },
    ], list)];
  });
}

function tiers(answer, at) {
  const blocks = [['lost_orders', 'Orders lost, by distance'], ['dearer_inputs', 'Dearer inputs, by distance']].map(([key, title]) => {
    const chain = answer.scenarios[at][key];
    const path = `scenarios.${at}.${key}`;
    const rows = chain.tiers.map((tier, place) => ({ name: ['Tier ', figure(answer, `${path}.tiers.${place}.tier`, 'count')], path: `${path}.tiers.${place}` }));
    if (chain.other_tiers.count > 0) rows.push({ name: [figure(answer, `${path}.other_tiers.count`, 'count'), ' further tiers'], path: `${path}.other_tiers` });
    rows.push({ name: chain.tiers_complete ? 'Sector network' : 'All beyond, and sector network', path: `${path}.sector_network` });
    if (chain.ebitda_eur === 0) return null;
    return el('div', {}, el('h3', {}, title), table(`${title}, EUR million a year`, [
      { title: 'Distance', cell: (row) => row.name }, { title: 'Share', number: true, cell: (row) => figure(answer, `${row.path}.share`, 'share') }, { title: 'EBITDA', number: true, cell: (row) => figure(answer, `${row.path}.ebitda_eur`, 'eur') },
    ], rows));
  });
  return el('div', { class: 'pair' }, blocks);
}

// ---- beside the sum ------------------------------------------------------------------------------------------------
function hubs(answer, at) {
  const { hubs: block, row } = answer.scenarios[at];
  const path = `scenarios.${at}.hubs`;
  if (block.to.length === 0) return null;
  const best = row.best_hub ? [`Best: ${countryName(row.best_hub)}, `, figure(answer, `scenarios.${at}.row.best_hub_gain_eur`, 'eur'), ' EUR million a year. '] : 'No hub is cheaper than staying. ';
  return el('div', {}, el('h3', {}, 'Best hub'), el('p', { class: 'note' }, best, 'Were ', figure(answer, `${path}.moved_share`, 'share'), ' of the purchases from China moved; HHI of origins now ', figure(answer, `${path}.hhi_origin`, 'number'), '.'),
    table('Hubs, EUR million a year', [
      { title: 'Hub', cell: (hub) => countryName(hub.country) }, { title: 'Cost premium', number: true, cell: (_, place) => figure(answer, `${path}.to.${place}.cost_premium`, 'share') },
      { title: 'EBITDA gain', number: true, cell: (_, place) => figure(answer, `${path}.to.${place}.gain_eur`, 'eur') }, { title: 'HHI then', number: true, cell: (_, place) => figure(answer, `${path}.to.${place}.hhi_origin`, 'number') },
    ], block.to));
}

function unknown(answer, at) {
  const facts = answer.scenarios[at].unknown_facts;
  const path = `scenarios.${at}.unknown_facts`;
  if (facts.length === 0) return null;
  return el('div', {}, el('h3', {}, 'Facts that would narrow the range'), table('Facts that are not known', [
    { title: 'Fact', cell: (fact) => fact.fact }, { title: 'Lines', number: true, cell: (_, place) => figure(answer, `${path}.${place}.lines`, 'count') },
    { title: 'Narrows by, EUR million', number: true, cell: (_, place) => figure(answer, `${path}.${place}.narrowing_eur`, 'eur') },
  ], facts));
}

function opportunity(answer, at) {
  const { opportunity: block } = answer.scenarios[at];
  const path = `scenarios.${at}.opportunity`;
  if (block.lines.length === 0) return null;
  return el('div', {}, el('h3', {}, 'Sales that gain'), el('p', { class: 'note' }, figure(answer, `${path}.revenue_eur`, 'eur'), ' EUR million a year of revenue on ', figure(answer, `${path}.gaining_lines`, 'count'), ' lines, where rivals pay more.'),
    table('Sales that gain, EUR million a year', [
      { title: 'Goods', cell: (line) => `HS ${line.hs} to ${countryName(line.importer)}` }, { title: 'Revenue', number: true, cell: (_, place) => figure(answer, `${path}.lines.${place}.revenue_change_eur`, 'eur') },
      { title: 'Rivals', classes: 'wrap', cell: (line, place) => line.rivals.map((rival, which) => [which > 0 && '; ', `${countryName(rival.origin)} `, figure(answer, `${path}.lines.${place}.rivals.${which}.base_rate`, 'rate'), ' → ', figure(answer, `${path}.lines.${place}.rivals.${which}.new_rate`, 'rate')]) },
    ], block.lines));
}

function vulnerability(answer) {
  const { vulnerability: block } = answer;
  return el('div', {}, el('h3', {}, 'How well the firm stands'), el('p', { class: 'note' }, 'Vulnerability ', figure(answer, 'vulnerability.value', 'number'), ': above 1 the blow weighs more. Terms add to its logarithm.'),
    block.terms.length > 0 && table('Terms of the vulnerability', [
      { title: 'Indicator', cell: (term) => term.indicator.replaceAll('_', ' ') }, { title: 'Known of', cell: (term) => term.of }, { title: 'Value', number: true, cell: (_, place) => figure(answer, `vulnerability.terms.${place}.value`, 'fine') },
      { title: 'z', number: true, cell: (_, place) => figure(answer, `vulnerability.terms.${place}.z`, 'number') }, { title: 'Contribution', number: true, cell: (_, place) => figure(answer, `vulnerability.terms.${place}.contribution`, 'fine') },
    ], block.terms));
}

function stress(answer, at) {
  const { chinese_origin: origin, reverse_stress: reverse, draws } = answer.scenarios[at];
  const path = `scenarios.${at}`;
  const facts = [
    ['Further US duty that brings interest cover to ', figure(answer, `${path}.reverse_stress.interest_cover_floor`, 'number'), ': ', reverse.duty === null ? 'none up to 200 %, or not known' : figure(answer, `${path}.reverse_stress.duty`, 'rate')],
    origin.sells_to_us && ['Chinese content of sales: ', figure(answer, `${path}.chinese_origin.content`, 'share'), ' (the risk is taken as real from ', figure(answer, `${path}.chinese_origin.threshold`, 'share'), '); with Chinese origin sales to the US would lose a further ', figure(answer, `${path}.chinese_origin.loss_eur`, 'eur'), ' EUR million'],
    draws && ['Draws: P5 ', figure(answer, `${path}.draws.p05`, 'eur'), ', median ', figure(answer, `${path}.draws.p50`, 'eur'), ', mean ', figure(answer, `${path}.draws.draw_mean_eur`, 'eur'), ', P95 ', figure(answer, `${path}.draws.p95`, 'eur'), ', expected shortfall ', figure(answer, `${path}.draws.expected_shortfall`, 'eur'), ' EUR million'],
  ];
  return el('div', {}, el('h3', {}, 'Stress'), el('ul', { class: 'facts' }, facts.filter(Boolean).map((fact) => el('li', {}, fact))));
}

// ---- the whole -----------------------------------------------------------------------------------------------------
export function firmView(answer, at, data, linkOf) {
  const { firm } = answer;
  const scenario = data.scenarios[at];
  return section(`firm-${firm.firm_id}`, firm.name ? `${firm.name} (${firm.firm_id})` : firm.firm_id,
    `${countryName(firm.country)}, sector ${firm.sector}. Scenario ${scenario.name}, law of ${scenario.on} against that of ${answer.baseline}. EUR million a year; the ${data.top > 0 ? `${data.top} greatest parts of each branch are shown and the others added up` : 'parts are all shown'}.`,
    head(answer, at),
    el('h3', {}, 'Where the change comes from'), causeTree(answer, at),
    articles(answer, at), partners(answer, at, linkOf), tiers(answer, at),
    el('div', { class: 'pair' }, hubs(answer, at), opportunity(answer, at)),
    el('div', { class: 'pair' }, unknown(answer, at), vulnerability(answer)),
    stress(answer, at));
}
