// The report, opened in Chromium: what it weighs, what it asks for, what it says of a firm, what hostile names do to it.
// usage: node check.mjs PROGRAM GENERATOR DATASETS AXE
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Browser } from './browser.mjs';

const [program, generator, datasets, axePath] = process.argv.slice(2).map((path) => resolve(path));
const folder = mkdtempSync(join(tmpdir(), 'tolmuur-report-'));
process.chdir(folder);
process.env.TOLMUUR_CACHE = join(folder, 'cache');
mkdirSync(process.env.TOLMUUR_CACHE);

let failed = 0;
let checked = 0;
function check(what, good, found = '') {
  checked += 1;
  if (good) return;
  failed += 1;
  console.log(`FAILED: ${what}${found === '' ? '' : `: ${JSON.stringify(found).slice(0, 600)}`}`);
}
const tolmuur = (...words) => execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
const fails = (code, words, saying, environment = process.env) => {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8', env: environment });
  check(`tolmuur ${words.join(' ')} ends with ${code} and says why`, status === code && saying.test(stderr), { status, stderr });
};
const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1);
const pageData = (file, id = 'data') => JSON.parse(new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, 's').exec(readFileSync(file, 'utf8'))[1]);
const url = (file, hash = '') => `file://${join(folder, file)}${hash}`;
const days = ['--on', '2025-04-12', '--on', '2025-08-10', '--on', '2026-03-01'];

// ---- what opens: no fault, no request but the page itself, nothing that axe finds serious --------------------------
const axe = readFileSync(axePath, 'utf8');
async function quiet(page, what) {
  check(`${what}: nothing on the console`, page.faults.length === 0, page.faults);
  check(`${what}: no request but for the page`, page.requests.length === 1 && page.requests[0].startsWith('file://'), page.requests);
}
async function accessible(page, what) {
  await page.evaluate(`${axe}; null`);
  const found = await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes[0].html]))`);
  check(`${what}: axe finds nothing serious`, found.length === 0, found);
}

// ---- a firm's page against `firm --format json` --------------------------------------------------------------------
const shown = `[...document.querySelectorAll('data[data-path]')].map((one) => [one.dataset.path, one.value, one.dataset.kind, one.textContent])`;
// What is shown is the number, rounded as it is shown: EUR in million, shares in percent.
function reads(kind, value, text) {
  const unit = { eur: 1e6, share: 0.01, rate: 0.01 }[kind] ?? 1;
  const plain = text.replace(/[,\u00a0%]/g, '').replace('\u2212', '-').trim();
  const decimals = (plain.split('.')[1] ?? '').length;
  return /^-?\d+(\.\d+)?$/.test(plain) && Math.abs(Number(plain) - value / unit) <= 0.5000001 * 10 ** -decimals;
}
async function sameFirm(browser, file, place, id, words) {
  const answer = JSON.parse(tolmuur('firm', ...words.slice(0, 1), id, ...words.slice(1), '--format', 'json'));
  check(`${id}: what is written into the page is the answer of firm`, JSON.stringify(pageData(file, `firm-${place}`)) === JSON.stringify(answer));
  const page = await browser.open(url(file, `#firm=${encodeURIComponent(id)}`));
  for (let scenario = 0; scenario < answer.scenarios.length; scenario++) {
    await page.evaluate(`(() => { const choice = document.getElementById('scenario'); choice.value = ${scenario}; choice.dispatchEvent(new Event('change')); })()`);
    const numbers = await page.evaluate(shown);
    const wrong = numbers.filter(([path, value, kind, text]) => {
      const expected = path.split('.').reduce((at, key) => at?.[key], answer);
      return typeof expected !== 'number' || Number(value) !== expected || !reads(kind, expected, text);
    });
    const paths = new Set(numbers.map(([path]) => path));
    const parts = ['row.ebitda_change_eur', 'parts.sales_eur', 'parts.purchases_eur', 'parts.lost_orders_eur', 'parts.dearer_inputs_eur', 'range.low_eur', 'range.high_eur'].map((part) => `scenarios.${scenario}.${part}`);
    check(`${id}, scenario ${scenario}: ${numbers.length} numbers are those of firm`, wrong.length === 0 && numbers.length >= 40, wrong.slice(0, 5));
    check(`${id}, scenario ${scenario}: the parts are all there`, parts.every((path) => paths.has(path)));
    check(`${id}, scenario ${scenario}: every line is there`, answer.scenarios[scenario].lines.every((line, at) => paths.has(`scenarios.${scenario}.lines.${at}.ebitda_eur`) && line.authorities.every((_, which) => paths.has(`scenarios.${scenario}.lines.${at}.authorities.${which}.duty_eur`))));
  }
  await quiet(page, id);
  return page;
}

// ---- the portfolio's numbers against the rows ----------------------------------------------------------------------
function rowsOf(book) {
  tolmuur('score', book, ...days, '-o', 'rows.jsonl');
  return readFileSync('rows.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line));
}
function samePortfolio(file, book, totals) {
  const data = pageData(file);
  const rows = rowsOf(book);
  for (const [at, { name }] of data.scenarios.entries()) {
    const own = rows.filter((row) => row.scenario === name);
    for (const [place, band] of ['A', 'B', 'C', 'D', 'E', null].entries()) {
      const of = own.filter((row) => row.band === band);
      const sum = (value) => of.reduce((all, row) => all + value(row), 0);
      const { firms, at_risk_eur: central, at_risk_low_eur: low, at_risk_high_eur: high, loan_eur: loans } = data.bands[at][place];
      check(`${name}, band ${band}: firms and EBITDA at risk with its range`, firms === of.length && near(central, sum((row) => Math.max(0, -row.ebitda_change_eur)))
        && near(low, sum((row) => Math.max(0, -row.ebitda_change_high_eur))) && near(high, sum((row) => Math.max(0, -row.ebitda_change_low_eur))) && loans >= 0);
    }
    const total = totals.find((row) => row.scenario === name);
    check(`${name}: totals are those of the run`, Object.entries(data.totals[at]).every(([key, value]) => key.endsWith('_share') || value === null || value === total[key]), data.totals[at]);
    check(`${name}: the flows add up to the duty on sales`, near(data.flows[at].rise_eur + data.flows[at].fall_eur, total.duty_export_eur), data.flows[at].rise_eur);
    for (const [step, links] of data.flows[at].links.entries()) {
      check(`${name}: step ${step} of the flows carries all that rises`, near(links.reduce((all, [, , eur]) => all + eur, 0), data.flows[at].rise_eur));
    }
    check(`${name}: sectors add up to the change of EBITDA`, near(data.sectors[at].reduce((all, sector) => all + sector.ebitda, 0), total.ebitda_change_eur));
    check(`${name}: so do the loans of bands and of sectors`, near(data.sectors[at].reduce((all, sector) => all + sector.loan_eur, 0), data.bands[at].reduce((all, band) => all + band.loan_eur, 0)));
    const worst = own.toSorted?.((a, b) => a.ebitda_change_eur - b.ebitda_change_eur) ?? [...own].sort((a, b) => a.ebitda_change_eur - b.ebitda_change_eur);
    const { firm, change_keur: change } = data.table.rows[at];
    check(`${name}: the table has the worst firms, worst first`, firm.length === Math.min(own.length, Math.floor(10000 / data.scenarios.length))
      && firm.every((of, place) => Math.abs(change[place] * 1e3 - worst[place].ebitda_change_eur) <= 500.001) && data.table.firms.id[firm[0]] === worst[0].firm_id);
  }
}

async function portfolio(browser) {
  execFileSync(generator, ['--tables', join(datasets, 'demo'), '--firms', '10000', '--lines', '500000', '--seed', '7', '--named', '27', 'input'], { stdio: 'ignore' });
  tolmuur('build', 'input', '-o', 'p.book');
  const totals = JSON.parse(tolmuur('score', 'p.book', ...days, '-o', 'run/', '--format', 'json'));
  tolmuur('report', 'run/', '-o', 'report.html');
  const bytes = statSync('report.html').size;
  check('the report of 10,000 firms and three scenarios is under 2 MB', bytes < 2e6, bytes);
  tolmuur('report', 'run/', '-o', 'again.html', '--threads', '1');
  check('the same run gives the same page', readFileSync('again.html').equals(readFileSync('report.html')));
  samePortfolio('report.html', 'p.book', totals.rows ?? totals);
  const page = await browser.open(url('report.html'));
  console.log(`10,000 firms: ${(bytes / 1e6).toFixed(2)} MB, opens in ${page.seconds.toFixed(2)} s`);
  check('every view is drawn', await page.evaluate(`['bands', 'flows', 'scenarios', 'concentration'].every((id) => document.querySelector('#' + id + ' svg path, #' + id + ' svg circle'))`));
  check('the static page has gone', await page.evaluate(`document.getElementById('static') === null`));
  const [one] = pageData('report.html').pages;
  const found = await page.evaluate(`(() => { const box = document.getElementById('search'); box.value = '${one.toLowerCase()}'; box.dispatchEvent(new Event('input')); return [...document.querySelectorAll('#firms tbody tr')].map((row) => row.querySelector('th').textContent); })()`);
  check('search finds a firm', found.length === 1 && found[0] === one, found);
  const sorted = await page.evaluate(`(() => { const box = document.getElementById('search'); box.value = ''; box.dispatchEvent(new Event('input')); [...document.querySelectorAll('#firms thead button')].find((button) => button.textContent === 'Score').click(); return [...document.querySelectorAll('#firms tbody tr')].map((row) => Number(row.children[5].textContent)); })()`);
  check('a heading sorts', sorted.length === 25 && sorted.every((value, place) => place === 0 || value >= sorted[place - 1]), sorted);
  await quiet(page, 'portfolio');
  await accessible(page, 'portfolio');
  const dark = await browser.open(url('report.html'), { dark: true, width: 390 });
  await quiet(dark, 'portfolio, dark and narrow');
  await accessible(dark, 'portfolio, dark and narrow');
  check('nothing is wider than a telephone', await dark.evaluate('document.documentElement.scrollWidth <= innerWidth'));
  const off = await browser.open(url('report.html'), { scripts: false });
  await quiet(off, 'without scripts');
  await off.send('Emulation.setScriptExecutionDisabled', { value: false });
  const still = await off.evaluate(`[document.querySelectorAll('#static svg rect').length, document.querySelectorAll('#static table').length, document.querySelector('#static').textContent.includes('${one}')]`);
  check('without scripts there are charts and tables', still[0] >= 18 && still[1] >= 10 && still[2], still);
  for (const [place, id] of pageData('report.html').pages.slice(0, 3).entries()) {
    const firm = await sameFirm(browser, 'report.html', place, id, ['p.book', ...days, '--top', '10']);
    if (place === 0) await accessible(firm, id);
    await firm.close();
  }
}

// ---- draws, a book, movers, a picture, a print ---------------------------------------------------------------------
async function variants(browser) {
  execFileSync(generator, ['--tables', join(datasets, 'demo'), '--firms', '300', '--lines', '6000', '--seed', '3', 'small'], { stdio: 'ignore' });
  tolmuur('build', 'small', '-o', 's.book');
  tolmuur('score', 's.book', '--on', '2025-08-10', '--draws', '200', '--settings', 'half_margin=0.3', '-o', 'drawn/');
  tolmuur('score', 's.book', '--on', '2025-03-20', '-o', 'before/');
  tolmuur('report', 'drawn/', '--since', 'before/', '--firms', '2', '--top', '0', '-o', 'drawn.html');
  const data = pageData('drawn.html');
  const diff = JSON.parse(tolmuur('diff', 'before/', 'drawn/', '--top', '40', '--format', 'json'));
  check('movers are those of diff', data.movers.movers.length === Math.min(200, diff.movers.length) && data.movers.movers.every((mover, place) => JSON.stringify(mover) === JSON.stringify(diff.movers[place])));
  const page = await browser.open(url('drawn.html'));
  check('draws and movers are drawn', await page.evaluate(`['draws', 'movers'].every((id) => document.querySelector('#' + id + ' svg path'))`));
  await quiet(page, 'draws and movers');
  await accessible(page, 'draws and movers');
  const firm = await sameFirm(browser, 'drawn.html', 0, data.pages[0], ['s.book', '--on', '2025-08-10', '--draws', '200', '--settings', 'half_margin=0.3']);
  check('a firm has its draws', (await firm.evaluate(shown)).some(([path]) => path === 'scenarios.0.draws.p05'));
  const [id] = data.pages;
  tolmuur('report', 's.book', '--firm', id, '--on', '2025-08-10', '-o', 'firm.html');
  await sameFirm(browser, 'firm.html', 0, id, ['s.book', '--on', '2025-08-10', '--top', '10']);
  for (const [wanted, at, day] of [['2', 1, '2025-08-10'], ['2025-04-12', 0, '2025-04-12']]) {
    tolmuur('report', 's.book', '--firm', id, '--on', '2025-04-12', '--on', '2025-08-10', '--scenario', wanted, '-o', 'chosen.html');
    const chosen = await browser.open(url('chosen.html', '#print'));
    check(`--scenario ${wanted} is what is printed, and chosen at the top`, (await chosen.evaluate(`document.getElementById('view').textContent`)).includes(`Scenario ${day},`)
      && (await chosen.evaluate(`document.getElementById('scenario').value`)) === String(at));
    await chosen.close();
  }
  tolmuur('report', 's.book', '--firm', id, '--on', '2025-08-10', '-o', 'firm.pdf');
  check('a PDF is one', readFileSync('firm.pdf').subarray(0, 5).toString() === '%PDF-' && statSync('firm.pdf').size > 10000);
  tolmuur('report', 's.book', '--firm', id, '--on', '2025-08-10', '--format', 'png', '-o', 'firm.picture');
  const picture = readFileSync('firm.picture');
  check('a picture is as wide as it should be and as high as the page', picture.subarray(1, 4).toString() === 'PNG' && picture.readUInt32BE(16) === 1400 && picture.readUInt32BE(20) > 900, [picture.readUInt32BE(16), picture.readUInt32BE(20)]);
  mkdirSync('empty');
  fails(69, ['report', 's.book', '--firm', id, '--on', '2025-08-10', '-o', 'none.pdf'], /Chromium, which is not here/, { ...process.env, PATH: join(folder, 'empty') });

  renameSync('s.book', 'moved.book');
  tolmuur('report', 'drawn/', '-o', 'bare.html');
  const bare = await browser.open(url('bare.html'));
  const text = await bare.evaluate(`document.querySelector('.warning').textContent`);
  check('a page without the book says what it lacks', /left out/.test(text) && text.includes('s.book'), text);
  check('and has the bands all the same', await bare.evaluate(`document.querySelector('#bands svg path') !== null && document.querySelector('#sectors') === null`));
  await quiet(bare, 'without the book');
  fails(65, ['report', 'drawn/', '--firm', id, '-o', 'bare.html'], /needs what the run was made from/);
  renameSync('moved.book', 's.book');
}

// ---- hostile names -------------------------------------------------------------------------------------------------
const attacks = ['<script>window.hacked=1</script>', '</script><script>window.hacked=1</script>', '<img src=x onerror="window.hacked=1">', '"><svg onload=window.hacked=1>', "' onmouseover='window.hacked=1", '<!--<script>window.hacked=1',
  '</title><script>window.hacked=1</script>', '</style><script>window.hacked=1</script>', 'javascript:window.hacked=1', '\u2028window.hacked=1//', '\u2029window.hacked=1//', '{{constructor.constructor("window.hacked=1")()}}', '${window.hacked=1}',
  '<iframe srcdoc="<script>parent.hacked=1</script>">', '<a href="javascript:window.hacked=1">x</a>', '&lt;script&gt;window.hacked=1&lt;/script&gt;', '\u202e<b>x</b>', '__proto__', 'constructor', '<base href=//evil>', '<meta http-equiv=refresh content=0>',
  '<details open ontoggle=window.hacked=1>', '<style>@import "//evil"</style>', '\\u003cscript\\u003ewindow.hacked=1', ']]><script>window.hacked=1</script>'];
async function hostile(browser) {
  mkdirSync('bad');
  const quote = (text) => `"${text.replaceAll('"', '""')}"`;
  const names = Array.from({ length: 500 }, (_, at) => `${attacks[at % attacks.length]} ${at}`);
  const ids = Array.from({ length: 500 }, (_, at) => (at % 5 === 0 ? `${attacks[at % attacks.length]}${at}` : `F${at}`));
  writeFileSync('bad/firms.csv', ['firm_id,name,country,sector,revenue_eur,purchases_eur,ebitda_eur,loan_eur', ...names.map((name, at) => `${quote(ids[at])},${quote(name)},NL,C25,10000000,6000000,${1000000 + at},500000`)].join('\n'));
  writeFileSync('bad/sales.csv', ['firm_id,hs,destination,value_eur,customer_id', ...ids.map((id, at) => `${quote(id)},7326908688,US,${3000000 + at * 1000},${quote(ids[(at + 1) % 500])}`)].join('\n'));
  writeFileSync('bad/purchases.csv', ['firm_id,hs,origin,value_eur', ...ids.map((id) => `${quote(id)},7208,CN,500000`)].join('\n'));
  writeFileSync('bad.json', JSON.stringify({ scenarios: [{ name: '</script><script>window.hacked=1</script>', on: '2025-08-10' }] }));
  tolmuur('build', 'bad', '-o', 'bad.book');
  const scenarios = spawnSync(program, ['score', 'bad.book', '--scenarios', 'bad.json', '-o', 'badrun/'], { encoding: 'utf8' });
  if (scenarios.status !== 0) tolmuur('score', 'bad.book', '--on', '2025-08-10', '-o', 'badrun/');
  tolmuur('score', 'bad.book', '--on', '2025-03-20', '-o', 'badbefore/');
  tolmuur('report', 'badrun/', '--since', 'badbefore/', '--firms', '30', ...(scenarios.status === 0 ? ['--pair', `2025-03-20=${'</script><script>window.hacked=1</script>'}`] : []), '-o', 'bad.html');
  const page = await browser.open(url('bad.html'));
  const listed = new Set();
  for (let more = true; more;) {
    (await page.evaluate(`[...document.querySelectorAll('#firms tbody tr')].map((row) => row.children[0].textContent + '\\n' + row.children[1].textContent)`)).forEach((row) => listed.add(row));
    more = await page.evaluate(`(() => { const next = [...document.querySelectorAll('#firms .pages button')].at(-1); const more = !next.disabled; next.click(); return more; })()`);
  }
  check('500 hostile names stand in the table as they are', listed.size === 500 && names.every((name, at) => listed.has(`${ids[at]}\n${name}`)), listed.size);
  for (const id of pageData('bad.html').pages) {
    await page.evaluate(`location.hash = '#firm=' + encodeURIComponent(${JSON.stringify(id)})`);
    await new Promise((done) => { setTimeout(done, 20); });
    check(`the page of ${id} opens`, await page.evaluate(`document.querySelector('h2').textContent.includes(${JSON.stringify(id)})`));
  }
  await quiet(page, 'hostile names');
  check('no script of theirs ran', await page.evaluate(`window.hacked === undefined && document.querySelectorAll('script:not([type])').length === 1 && document.querySelectorAll('iframe, img, base, object, embed').length === 0`));
  const off = await browser.open(url('bad.html'), { scripts: false });
  await quiet(off, 'hostile names without scripts');
  // The policy forbids scripts that are not the page's own, whatever stood in the text.
  writeFileSync('policy.html', readFileSync('bad.html', 'utf8').replace('</head>', '<script>window.hacked=1</script></head>'));
  const forced = await browser.open(url('policy.html'));
  check('the policy stops a script that came in by another way', await forced.evaluate('window.hacked === undefined') && forced.faults.length > 0);
}

// ---- refusals ------------------------------------------------------------------------------------------------------
function refusals() {
  writeFileSync('kept.html', 'kept');
  const [part] = readdirSync('drawn/scores');
  const path = join('drawn/scores', part);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(path, bytes);
  fails(65, ['report', 'drawn/', '-o', 'kept.html'], /this part was changed/);
  check('what was there is kept, and nothing is left behind', readFileSync('kept.html', 'utf8') === 'kept' && !readdirSync('.').some((name) => name.includes('.tmp-')));
}

const browser = new Browser();
try {
  await portfolio(browser);
  await variants(browser);
  await hostile(browser);
  refusals();
} catch (error) {
  check(error.stderr?.toString() || error.stack, false);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${checked} checks, ${failed} failed`);
process.exit(failed > 0 || checked < 100 ? 1 : 0);
