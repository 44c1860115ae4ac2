// The portfolio: what all firms together stand to lose, where it comes from, and what changed.
import { chart, nameAxis, rangeSeries, valueAxis } from './charts.js';
import { el, scroller, section, table } from './dom.js';
import { count, million, money, number, percent, places, tick } from './format.js';
import { authorityName, bandNames, channels, chapterName, countryName } from './names.js';

const sum = (values) => values.reduce((all, value) => all + value, 0);
const axisName = (name) => ({ name, nameLocation: 'middle', nameGap: 30 });
const figures = (...content) => el('details', {}, el('summary', {}, 'Figures as a table'), content);
const legend = (...entries) => el('ul', { class: 'legend' }, entries.map(([name, text]) => el('li', {}, el('span', { class: `key ${name}` }), text)));

// ---- at a glance ---------------------------------------------------------------------------------------------------
function tile(label, value, unit, note) {
  return el('div', { class: 'tile' }, el('dt', {}, label), el('dd', {}, el('strong', {}, value), unit && ' ', unit && el('span', { class: 'unit' }, unit), note && el('small', {}, note)));
}

export function glance(data, at) {
  const all = data.all[at][0];
  const total = data.totals[at];
  const bands = data.bands[at];
  const loans = sum(bands.slice(0, 5).map((band) => band.loan_eur ?? 0));
  const risky = (bands[3].loan_eur ?? 0) + (bands[4].loan_eur ?? 0);
  const range = places([all.at_risk_eur, all.at_risk_high_eur]);
  return section('glance', `The portfolio under ${data.scenarios[at].name}`,
    `Law of ${data.scenarios[at].on} against that of ${data.baseline}. Yearly amounts. EBITDA at risk adds up the firms that lose; firms that gain are not set against them. Ranges are over readings of the law where facts about the goods are not known.`,
    el('dl', { class: 'tiles' },
      tile('EBITDA at risk', million(all.at_risk_eur, range), 'EUR million', `range ${million(all.at_risk_low_eur, range)} to ${million(all.at_risk_high_eur, range)}`),
      tile('EBITDA change, all firms', money(all.ebitda), 'EUR million', `gains of ${money(all.gain_eur)} set against losses`),
      data.have_book && tile('Loans to firms in bands D and E', money(risky), 'EUR million', loans > 0 ? `${percent(risky / loans)} of ${money(loans)} million with a score` : 'no loans are known'),
      tile('Score, weighted by loans', number(total.loan_weighted_score, 1), 'of 100', `margin at risk ${percent(total.loan_weighted_margin_at_risk)}`),
      tile('Additional duty on sales', money(total.duty_export_eur), 'EUR million', `on purchases ${money(total.duty_import_eur)} million`),
      tile('Firms', count(total.firms), '', `${count(total.band_none)} without a score`)));
}

// ---- bands ---------------------------------------------------------------------------------------------------------
function bandBars(bands, key, axis, withRange) {
  return (colour) => ({
    grid: { left: 46, right: 70, top: 6, bottom: 44 },
    xAxis: valueAxis(colour, { ...axisName(axis), min: 0, axisLabel: { color: colour.muted, hideOverlap: true, formatter: tick } }),
    yAxis: nameAxis(colour, bandNames),
    series: [{
      type: 'bar', barWidth: '62%', data: bands.map((band, at) => ({ value: band[key] / 1e6, itemStyle: { color: colour.bands[at] } })),
      label: { show: !withRange, position: 'right', color: colour.text, formatter: ({ dataIndex }) => money(bands[dataIndex][key]) },
    }, ...(withRange ? [rangeSeries(colour, bands.map((band) => [band.at_risk_low_eur / 1e6, band.at_risk_high_eur / 1e6]))] : [])],
  });
}

export function bands(data, at) {
  const groups = data.bands[at];
  const decimals = places(groups.map((band) => band.at_risk_high_eur));
  const tip = (key, label) => ({ dataIndex, seriesType }) => seriesType === 'bar' && ({
    title: `Band ${bandNames[dataIndex]}`,
    lines: [[label, `${money(groups[dataIndex][key])} EUR million`], ['Firms', count(groups[dataIndex].firms)],
      ...(key === 'at_risk_eur' ? [['Range', `${money(groups[dataIndex].at_risk_low_eur)} to ${money(groups[dataIndex].at_risk_high_eur)}`]] : [])],
  });
  return section('bands', 'Value at risk by band', 'Bands run from A, hardly touched, to E, where most of EBITDA is at stake or the firm is least able to bear it. Lines across the bars show the range.',
    el('div', { class: 'pair' },
      el('figure', {}, el('figcaption', {}, 'EBITDA at risk by band, EUR million a year'),
        chart('EBITDA at risk by band', 250, bandBars(groups, 'at_risk_eur', 'EUR million a year', true), tip('at_risk_eur', 'EBITDA at risk'))),
      data.have_book && el('figure', {}, el('figcaption', {}, 'Loans by band of the borrower, EUR million'),
        chart('Loans by band', 250, bandBars(groups, 'loan_eur', 'EUR million', false), tip('loan_eur', 'Loans')))),
    table('Bands, EUR million', [
      { title: 'Band', cell: (_, place) => bandNames[place] },
      { title: 'Firms', number: true, cell: (band) => count(band.firms) },
      { title: 'EBITDA at risk', number: true, cell: (band) => million(band.at_risk_eur, decimals) },
      { title: 'Least', number: true, cell: (band) => million(band.at_risk_low_eur, decimals) },
      { title: 'Most', number: true, cell: (band) => million(band.at_risk_high_eur, decimals) },
      ...(data.have_book ? [{ title: 'Loans', number: true, cell: (band) => money(band.loan_eur) }] : []),
      { title: 'Revenue', number: true, cell: (band) => money(band.revenue_eur) },
    ], groups));
}

// ---- sectors by channel --------------------------------------------------------------------------------------------
export function sectors(data, at) {
  if (!data.have_book) return null;
  const rows = data.sectors[at].map((sums, place) => ({ ...sums, title: data.sector_titles[place] || 'No industry' })).filter((row) => row.firms > 0)
    .sort((a, b) => a.ebitda - b.ebitda);
  const body = el('tbody', {}, rows.map((row) => el('tr', {}, el('th', { scope: 'row' }, row.title), el('td', { class: 'n' }, count(row.firms)), channels.map(([key, title]) => {
    const share = row.revenue_eur > 0 ? row[key] / row.revenue_eur : 0;
    const cell = el('td', { class: `n heat ${share < 0 ? 'loss' : 'gain'}`, title: `${row.title}, ${title}: ${percent(share, 2)} of revenue` }, money(row[key]));
    cell.style.setProperty('--heat', String(Math.min(0.55, Math.sqrt(Math.abs(share) / 0.08) * 0.55).toFixed(3)));
    return cell;
  }))));
  return section('sectors', 'Which sectors are hit, and through which channel',
    'EUR million a year; negative is a loss. Colour: the amount as a share of the sector’s revenue. Demand is revenue, cost is purchases; EBITDA is what firms keep of both after their margins and what they pass on.',
    legend(['loss', 'loss, full colour at 8 % of revenue or more'], ['gain', 'gain']),
    scroller('Sectors by channel', el('table', { class: 'heatmap' }, el('caption', { class: 'unseen' }, 'Effects by sector and channel, EUR million a year'),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Sector'), el('th', { scope: 'col', class: 'n' }, 'Firms'), channels.map(([, title, help]) => el('th', { scope: 'col', class: 'n', title: help }, title)))), body)));
}

// ---- flows ---------------------------------------------------------------------------------------------------------
const others = ['Other sectors', 'Other products', 'Other destinations', 'Other authorities'];
const layerNames = ['Sector', 'Product (HS chapter)', 'Destination', 'Authority'];
const nodeName = (layer, name) => (name === null ? others[layer] : layer === 1 ? chapterName(name) : layer === 2 ? countryName(name) : layer === 3 ? authorityName(name) : name || 'No industry');

function sankeyOption(flow) {
  const nodes = flow.layers.flatMap((layer, depth) => layer.map((name, place) => ({ name: `${depth}:${place}`, depth, shown: nodeName(depth, name) })));
  const titles = new Map(nodes.map((node) => [node.name, node.shown]));
  const links = flow.links.flatMap((step, depth) => step.map(([from, to, eur]) => ({ source: `${depth}:${from}`, target: `${depth + 1}:${to}`, value: eur })));
  const option = (colour, width) => ({
    series: [{
      type: 'sankey', left: 4, right: 150, top: 8, bottom: 8, nodeWidth: 12, nodeGap: 14, layoutIterations: 64, draggable: false, emphasis: { disabled: false, focus: 'adjacency' },
      data: nodes.map((node) => ({ name: node.name, depth: node.depth, itemStyle: { color: colour.flows[node.depth], borderWidth: 0 } })), links,
      lineStyle: { color: 'source', opacity: 0.28, curveness: 0.5 },
      label: { color: colour.text, fontSize: 12, width: Math.max(90, width / 4 - 60), overflow: 'truncate', formatter: ({ name }) => titles.get(name) },
    }],
  });
  const tip = ({ dataType, data: of, value }) => (dataType === 'edge'
    ? { title: `${titles.get(of.source)} to ${titles.get(of.target)}`, lines: [['Additional duty', `${money(of.value)} EUR million a year`]] }
    : { title: titles.get(of.name), lines: [['Additional duty', `${money(value)} EUR million a year`]] });
  return { option, tip, titles, links };
}

export function flows(data, at) {
  const flow = data.flows[at];
  if (!flow) return null;
  const title = 'Where additional duty on sales comes from and under which law';
  if (flow.links[0].length === 0) return section('flows', title, 'No duty on the firms’ sales rises in this scenario.');
  const { option, tip, titles, links } = sankeyOption(flow);
  const decimals = places([flow.rise_eur]);
  return section('flows', title,
    `${million(flow.rise_eur, decimals)} EUR million a year of duties that rise, before trade answers${-flow.fall_eur >= 0.5 * 10 ** (6 - decimals) ? `; duties that fall take ${million(-flow.fall_eur, decimals)} off` : ''}. The ten greatest of each column are shown, the others together.`,
    scroller('Flows of additional duty', el('div', { class: 'flow-heads' }, layerNames.map((name) => el('span', {}, name))),
      el('div', { class: 'wide' }, chart('Flows of additional duty from sector over product and destination to authority', 560, option, tip))),
    figures(table('Flows, EUR million a year', [
      { title: 'From', cell: (link) => titles.get(link.source) }, { title: 'To', cell: (link) => titles.get(link.target) },
      { title: 'Additional duty', number: true, cell: (link) => million(link.value, decimals) },
    ], [...links].sort((a, b) => Number(a.source[0]) - Number(b.source[0]) || b.value - a.value))));
}

// ---- scenarios -----------------------------------------------------------------------------------------------------
export function scenarios(data) {
  if (data.scenarios.length < 2) return null;
  const names = data.scenarios.map((scenario) => scenario.name);
  const all = data.all.map(([sums]) => sums);
  const decimals = places(all.map((sums) => sums.at_risk_high_eur));
  const height = 60 + 44 * names.length;
  const label = (width) => ({ width: Math.min(150, width * 0.3), overflow: 'truncate' });
  const risk = (colour, width) => ({
    grid: { left: 8, right: 24, top: 6, bottom: 36, containLabel: true },
    xAxis: valueAxis(colour, { ...axisName('EUR million a year'), min: 0, axisLabel: { color: colour.muted, hideOverlap: true, formatter: tick } }),
    yAxis: nameAxis(colour, names, { axisLabel: label(width) }),
    series: [{ type: 'bar', barWidth: '50%', itemStyle: { color: colour.accent }, data: all.map((sums) => sums.at_risk_eur / 1e6) },
      rangeSeries(colour, all.map((sums) => [sums.at_risk_low_eur / 1e6, sums.at_risk_high_eur / 1e6]))],
  });
  const mix = (colour, width) => ({
    grid: { left: 8, right: 24, top: 6, bottom: 36, containLabel: true },
    xAxis: valueAxis(colour, { ...axisName('share of firms'), min: 0, max: 1, axisLabel: { color: colour.muted, formatter: (value) => percent(value, 0) } }),
    yAxis: nameAxis(colour, names, { axisLabel: label(width) }),
    series: bandNames.map((_, band) => ({ type: 'bar', stack: 'bands', barWidth: '50%', itemStyle: { color: colour.bands[band] }, data: data.bands.map((of, at) => of[band].firms / all[at].firms) })),
  });
  const tipRisk = ({ dataIndex, seriesType }) => seriesType === 'bar' && { title: names[dataIndex], lines: [['EBITDA at risk', `${million(all[dataIndex].at_risk_eur, decimals)} EUR million`],
    ['Range', `${million(all[dataIndex].at_risk_low_eur, decimals)} to ${million(all[dataIndex].at_risk_high_eur, decimals)}`]] };
  const tipMix = ({ dataIndex, seriesIndex }) => ({ title: `${names[dataIndex]}, band ${bandNames[seriesIndex]}`, lines: [['Firms', count(data.bands[dataIndex][seriesIndex].firms)]] });
  return section('scenarios', 'Scenarios compared', 'All scenarios of the run, against the same baseline.',
    el('div', { class: 'pair' },
      el('figure', {}, el('figcaption', {}, 'EBITDA at risk by scenario, with its range, EUR million a year'), chart('EBITDA at risk by scenario', height, risk, tipRisk)),
      el('figure', {}, el('figcaption', {}, 'Firms by band, share of all firms'), chart('Firms by band and scenario', height, mix, tipMix),
        legend(...bandNames.map((name) => [`band-${name}`, name])))),
    table('Scenarios, EUR million a year', [
      { title: 'Scenario', cell: (scenario) => scenario.name, classes: 'nowrap' }, { title: 'Law of', cell: (scenario) => scenario.on, classes: 'nowrap' },
      { title: 'EBITDA at risk', number: true, cell: (_, at) => million(all[at].at_risk_eur, decimals) },
      { title: 'Least', number: true, cell: (_, at) => million(all[at].at_risk_low_eur, decimals) },
      { title: 'Most', number: true, cell: (_, at) => million(all[at].at_risk_high_eur, decimals) },
      { title: 'EBITDA change', number: true, cell: (_, at) => million(all[at].ebitda, decimals) },
      { title: 'Duty on sales', number: true, cell: (_, at) => million(data.totals[at].duty_export_eur, decimals) },
      ...['band_d', 'band_e'].map((key) => ({ title: `Firms in ${key.slice(-1).toUpperCase()}`, number: true, cell: (_, at) => count(data.totals[at][key]) })),
    ], data.scenarios));
}

// ---- concentration and opportunity ---------------------------------------------------------------------------------
const classNames = ['low (HHI below 0.15)', 'middle (0.15 to 0.25)', 'high (0.25 and above)', 'no purchases'];

export function concentration(data, at, nameOf, open) {
  const points = data.points[at];
  const rows = data.table.rows[at];
  const shown = points.hhi_origin.map((hhi, place) => ({
    hhi, place, share: points.revenue_eur[place] > 0 ? ((points.opportunity_eur[place] ?? 0) + Math.max(0, points.hub_gain_eur[place] ?? 0)) / points.revenue_eur[place] : 0,
    risk: Math.max(0, -rows.change_eur[place]), band: rows.band[place],
  })).filter((point) => point.hhi !== null && point.share > 0);
  const most = Math.max(1, ...shown.map((point) => point.risk));
  const least = 1e-5;
  const option = (colour) => ({
    grid: { left: 8, right: 20, top: 30, bottom: 36, containLabel: true },
    xAxis: valueAxis(colour, { ...axisName('concentration of purchases by origin (HHI)'), min: 0, max: 1 }),
    yAxis: valueAxis(colour, { type: 'log', name: 'opportunity, share of revenue, logarithmic', nameLocation: 'end', nameTextStyle: { align: 'left', color: colour.muted, padding: [0, 0, 0, -40] }, min: least,
      axisLabel: { color: colour.muted, formatter: (value) => percent(value, Math.max(0, Math.round(-Math.log10(value)) - 2)) } }),
    series: [{
      type: 'scatter', data: shown.map((point) => ({ value: [point.hhi, Math.max(least, point.share)], symbolSize: 5 + 24 * Math.sqrt(point.risk / most), itemStyle: { color: colour.bands[point.band], opacity: 0.65, borderColor: colour.page, borderWidth: 0.5 } })),
    }],
  });
  const tip = ({ dataIndex }) => {
    const { hhi, share, place, risk, band } = shown[dataIndex];
    const hub = points.hub[place];
    return { title: nameOf(rows.firm[place]), lines: [['EBITDA at risk', `${money(risk)} EUR million`], ['Band', bandNames[band]], ['HHI of origins', number(hhi, 2)], ['HHI of destinations', number(points.hhi_destination[place], 2)],
      ['Sales that gain', `${money(points.opportunity_eur[place])} EUR million`], ['Best hub', hub ? `${hub}, ${money(points.hub_gain_eur[place])} EUR million` : 'none'], ['Both, of revenue', percent(share, 2)]] };
  };
  const classes = data.concentration[at];
  const few = shown.length < 3;
  return section('concentration', 'Concentration against opportunity',
    few ? `Of the ${count(points.revenue_eur.length)} firms with most EBITDA at risk, ${shown.length === 0 ? 'none has' : shown.length === 1 ? 'one has' : 'two have'} something to gain: too few for a picture.`
      : `Of the ${count(points.revenue_eur.length)} firms with most EBITDA at risk, the ${count(shown.length)} that have something to gain, from sales where rivals pay more or from moving purchases to the best hub. Right: dependent on few countries of origin. Up: more to gain. Size: EBITDA at risk.`,
    few ? null : legend(...bandNames.slice(0, 5).map((name) => [`band-${name}`, `band ${name}`])),
    few ? null : chart('Concentration of purchases against opportunity', 400, option, tip, ({ dataIndex }) => open(rows.firm[shown[dataIndex].place])),
    table('All firms by concentration of purchases, EUR million a year', [
      { title: 'Concentration of purchases', cell: (_, place) => classNames[place] }, { title: 'Firms', number: true, cell: (sums) => count(sums.firms) },
      { title: 'EBITDA at risk', number: true, cell: (sums) => money(sums.at_risk_eur) }, { title: 'Sales that gain', number: true, cell: (sums) => money(sums.opportunity_eur) },
      { title: 'Gain of best hubs', number: true, cell: (sums) => money(sums.hub_gain_eur) },
    ], classes, { hidden: false }));
}

// ---- draws ---------------------------------------------------------------------------------------------------------
// A row each: 5 to 95 of 100 draws as a bar, the median as a line, the mean as a dot, the expected shortfall as a mark.
function spreadOption(long, short, rows) {
  return (colour, width) => ({
    grid: { left: 8, right: 24, top: 6, bottom: 36, containLabel: true },
    xAxis: valueAxis(colour, { ...axisName('EUR million a year'), scale: true, axisLabel: { color: colour.muted, hideOverlap: true, formatter: tick } }),
    yAxis: nameAxis(colour, width < 600 ? short : long, { axisLabel: { width: Math.min(330, width * 0.36), overflow: 'truncate' } }),
    series: [{
      type: 'custom', data: rows.map((row, at) => [row.p05 / 1e6, row.p50 / 1e6, row.p95 / 1e6, row.draw_mean_eur / 1e6, row.expected_shortfall / 1e6, at]), encode: { x: [0, 1, 2, 3, 4], y: 5 },
      renderItem: (_, api) => {
        const x = (of) => api.coord([api.value(of), api.value(5)])[0];
        const y = api.coord([api.value(0), api.value(5)])[1];
        const line = (at, half, stroke, lineWidth) => ({ type: 'line', shape: { x1: at, x2: at, y1: y - half, y2: y + half }, style: { stroke, lineWidth } });
        return { type: 'group', children: [{ type: 'rect', shape: { x: x(0), y: y - 7, width: Math.max(1, x(2) - x(0)), height: 14 }, style: { fill: colour.accent, opacity: 0.35 } },
          line(x(1), 9, colour.text, 2), line(x(4), 9, colour.loss, 2), { type: 'circle', shape: { cx: x(3), cy: y, r: 3.5 }, style: { fill: colour.page, stroke: colour.text, lineWidth: 1.5 } }] };
      },
    }],
  });
}
const spreadTip = (names, rows) => ({ dataIndex }) => ({ title: names[dataIndex], lines: [['P5', money(rows[dataIndex].p05)], ['Median', money(rows[dataIndex].p50)], ['Mean', money(rows[dataIndex].draw_mean_eur)],
  ['P95', money(rows[dataIndex].p95)], ['Expected shortfall', money(rows[dataIndex].expected_shortfall)]] });

export function draws(data, at, nameOf) {
  if (!data.draws) return null;
  const names = data.scenarios.map((scenario) => scenario.name);
  const worst = data.draws.worst[at];
  const firms = worst.p05.map((_, place) => Object.fromEntries(Object.keys(worst).map((key) => [key, worst[key][place]])));
  const firmNames = firms.map((_, place) => nameOf(data.table.rows[at].firm[place]));
  const decimals = places(data.totals.map((total) => total.expected_shortfall));
  return section('draws', 'How sure the answer is: distribution over draws',
    `${count(Number(data.settings.draws))} Monte Carlo draws of elasticities, pass-through and programmes in doubt. A bar spans 90 of 100 draws.`,
    legend(['spread', 'P5 to P95'], ['median', 'median'], ['mean', 'mean'], ['shortfall', 'expected shortfall: mean of the worst 5 %']),
    el('div', {},
      el('figure', {}, el('figcaption', {}, 'The portfolio by scenario: change of EBITDA, EUR million a year'), chart('Draws of the portfolio by scenario', 60 + 44 * names.length, spreadOption(names, names, data.totals), spreadTip(names, data.totals))),
      el('figure', {}, el('figcaption', {}, `The ${firms.length} firms with most EBITDA at risk under ${names[at]}, EUR million a year`), chart('Draws of the worst firms', 60 + 26 * firms.length, spreadOption(firmNames, firms.map((_, place) => data.table.firms.id[data.table.rows[at].firm[place]]), firms), spreadTip(firmNames, firms)))),
    table('Draws of the portfolio, EUR million a year', [
      { title: 'Scenario', cell: (_, place) => names[place], classes: 'nowrap' }, ...[['P5', 'p05'], ['Median', 'p50'], ['Mean', 'draw_mean_eur'], ['P95', 'p95'], ['Expected shortfall', 'expected_shortfall']]
        .map(([title, key]) => ({ title, number: true, cell: (total) => million(total[key], decimals) })),
    ], data.totals));
}

// ---- movers --------------------------------------------------------------------------------------------------------
const stepNames = { law: 'law', data: 'data of the book', parameter: 'parameters' };
const moveNames = { up: 'more exposed', down: 'less exposed', new: 'new', gone: 'gone', other: 'score known once' };

// The line or partner behind the greatest step, and what the law changed there.
function causeOf({ causes, main_cause: step, cause }) {
  const part = causes?.[step]?.line ?? causes?.[step]?.parts?.[0];
  if (!part) return step === 'parameter' ? cause : '';
  const goods = part.hs ? `HS ${part.hs}, ${countryName(part.origin)} to ${countryName(part.importer)}` : part.firm_id ? `${part.kind} ${part.firm_id}` : `${part.industry}, ${countryName(part.country)}`;
  const measures = (causes[step].measures ?? []).map((measure) => `${(measure.programme || 'base rate').replace(/^s(\d{3})_/, 'Section $1 ').replaceAll('_', ' ')}: ${measure.change} (${percent(measure.rate.a)} \u2192 ${percent(measure.rate.b)})`);
  const values = step === 'data' ? [`${part.change}: value ${money(part.value_eur.a)} \u2192 ${money(part.value_eur.b)}`] : [];
  return [goods, el('small', {}, [...measures, ...values].map((text) => el('span', {}, text)))];
}

function moverBars(movers) {
  return (colour, width) => ({
    grid: { left: 8, right: 24, top: 6, bottom: 36, containLabel: true },
    xAxis: valueAxis(colour, { ...axisName('EUR million a year'), axisLabel: { color: colour.muted, hideOverlap: true, formatter: tick } }),
    yAxis: nameAxis(colour, movers.map((mover) => (width < 600 ? mover.firm_id : mover.label)), { axisLabel: { width: Math.min(330, width * 0.4), overflow: 'truncate' } }),
    series: Object.keys(stepNames).map((step, at) => ({ type: 'bar', stack: 'steps', barWidth: '60%', itemStyle: { color: colour.steps[at] }, data: movers.map((mover) => mover.eur[step] / 1e6) })),
  });
}

export function movers(data, at, nameOfId, linkOf) {
  if (!data.movers) return null;
  const { movers: all, scenarios: pairs, runs } = data.movers;
  const pair = pairs.find((one) => one.scenario.b === data.scenarios[at].name);
  const title = `Movers since ${runs.a}`;
  if (!pair) return section('movers', title, `The earlier run has no scenario to compare ${data.scenarios[at].name} with.`);
  const shown = all.filter((mover) => mover.scenario.b === pair.scenario.b).map((mover) => ({ ...mover, label: nameOfId(mover.firm_id) }));
  const { up, down, new: fresh, gone } = pair.moved;
  const explained = data.movers.explained && shown.length > 0;
  const top = shown.slice(0, 12);
  const listed = shown.slice(0, 20);
  // A step in which nothing changed is no column.
  const steps = Object.entries(stepNames).filter(([step]) => listed.some((mover) => mover.eur[step]));
  const decimals = places([pair.movers_eur.change]);
  const parts = explained ? `: ${Object.entries(stepNames).map(([step, name]) => `${name} ${million(pair.movers_eur[step], decimals)}`).join(', ')}` : '';
  const tip = ({ dataIndex, seriesIndex }) => ({ title: top[dataIndex].label, lines: [[`by ${Object.values(stepNames)[seriesIndex]}`, money(top[dataIndex].eur[Object.keys(stepNames)[seriesIndex]])],
    ['in all', `${money(top[dataIndex].eur.change)} EUR million`]] });
  return section('movers', title,
    `${pair.scenario.a === pair.scenario.b ? pair.scenario.b : `${pair.scenario.a} to ${pair.scenario.b}`}: ${count(up)} firms more exposed, ${count(down)} less, ${count(fresh)} new, ${count(gone)} gone (another band, or ${number(data.movers.threshold, 0)} points of the score). `
    + `EBITDA of all that moved changed by ${million(pair.movers_eur.change, decimals)} EUR million a year${parts}.`,
    !data.movers.explained && el('p', { class: 'warning' }, `Causes are not known: ${data.movers.not_explained_because}`),
    explained && [legend(...Object.entries(stepNames).map(([step, name]) => [`step-${step}`, name])),
      el('figure', {}, el('figcaption', {}, 'Change of EBITDA since the earlier run by cause, EUR million a year'), chart('Greatest movers by cause', 60 + 26 * top.length, moverBars(top), tip))],
    listed.length > 0 && table(`The ${listed.length} greatest movers of this scenario, EUR million a year`, [
      { title: 'Firm', classes: 'firm', cell: (mover) => [linkOf(mover.firm_id), mover.label !== mover.firm_id && el('small', {}, ` ${mover.label}`)] },
      { title: 'Move', cell: (mover) => moveNames[mover.move], classes: 'nowrap' },
      { title: 'Band', cell: (mover) => `${mover.band.a ?? '–'} → ${mover.band.b ?? '–'}`, classes: 'nowrap' },
      { title: 'Score', cell: (mover) => `${number(mover.score.a, 1)} → ${number(mover.score.b, 1)}`, classes: 'nowrap' },
      { title: 'Change', number: true, cell: (mover) => money(mover.eur.change) },
      ...(explained ? steps.map(([step, name]) => ({ title: `by ${name}`, number: true, cell: (mover) => money(mover.eur[step]) })) : []),
      ...(explained ? [{ title: 'Cause', classes: 'cause', cell: (mover) => causeOf(mover) }] : []),
    ], listed, { hidden: false, classes: 'long' }));
}

// ---- what the numbers were made from -------------------------------------------------------------------------------
export function source(data) {
  const rows = [['Run', data.path], ['tolmuur', data.version], ['Identity of the run', data.run.identity],
    ...data.run.inputs.map((input) => [`Input: ${input.role}`, `${input.path} (SHA-256 ${input.sha256})`]), ...data.run.resolved.filter(([name]) => !name.startsWith('input.'))];
  return section('source', 'What the numbers were made from', 'All amounts come from the rows and totals of this run. Terms and formulas are in tolmuur’s documentation: output-columns.md, model.md, report.md.',
    table('Settings and inputs of the run', [{ title: 'Name', cell: ([name]) => name, classes: 'nowrap' }, { title: 'Value', cell: ([, value]) => value, classes: 'wrap' }], rows, { classes: 'plain' }));
}
