// tolmuur_rate, tolmuur_duty, tolmuur_rate_parts and tolmuur_rate_layers against `tolmuur rate`, to the bit.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { LONG, connect, expect, expectSame, fault, main, rows, source, tolmuur } from './database.mjs';

const QUESTIONS = LONG ? 1000000 : 100000;
const CALLS = 1000000;
const CODES = `SELECT hs FROM read_csv('${path.join(source, 'datasets/law/us/tariff_lines.csv')}', all_varchar = true)`;
const PARTS = ['base_rate', 'section_232', 'section_301', 'ieepa_fentanyl', 'ieepa_reciprocal', 'section_122', 'section_201', 'section_338', 'other',
  'total_low', 'total_central', 'total_high', 'specific_duty', 'unknown_facts', 'error', 'law_version'];

/** Questions: codes of 4 to 10 digits, importers, origins, days and facts, each twice. */
async function makeQuestions(connection) {
  await connection.run(`CREATE TABLE codes AS SELECT row_number() OVER () AS n, hs FROM (${CODES} ORDER BY hs)`);
  const [[codes]] = await rows(connection, 'SELECT count(*)::INT FROM codes');
  await connection.run(`CREATE TABLE question AS
    SELECT i AS id, CASE WHEN h % 10 < 6 THEN 'US' WHEN h % 10 < 8 THEN 'EU' WHEN h % 10 = 8 THEN 'CN' ELSE 'NL' END AS "into",
      left(hs, [10, 10, 10, 10, 8, 8, 6, 4][1 + h // 7 % 8]::INT) AS hts, ['DE', 'CN', 'MX', 'CA', 'VN', 'JPN', 'IN', 'GB', 'BR', 'KR', 'RU', 'CH'][1 + h // 11 % 12] AS "from",
      DATE '2025-01-01' + (h // 13 % 400)::INT AS day, ['', '', '', 'usmca=yes', 'us_content=0.3', 'usmca=no;steel_share=0.4'][1 + h // 17 % 6] AS facts
    FROM (SELECT i, h, 1 + h % ${codes} AS n FROM (SELECT i, (hash(i // 2) % 1000000000)::BIGINT AS h FROM range(1, ${QUESTIONS + 1}) t(i))) JOIN codes USING (n)`);
  await connection.run(`COPY (SELECT id, "into", hts, "from", day AS "on", facts FROM question ORDER BY id) TO 'questions.csv' (HEADER)`);
}

async function batch(threads) {
  const connection = await connect(threads);
  await makeQuestions(connection);
  if (threads === 1) {
    tolmuur(['rate', '--batch', 'questions.csv', '--format', 'csv', '--keep-formulas', '-o', 'answers.csv'], 65); // some codes have no rate
  }
  const types = Object.fromEntries(PARTS.map((name, i) => [name, i < 12 ? 'DOUBLE' : 'VARCHAR']));
  await connection.run(`CREATE TABLE answer AS SELECT * FROM read_csv('answers.csv', columns = ${JSON.stringify({ id: 'BIGINT', ...types }).replaceAll('"', "'")}, header = true)`);
  // A million calls: every question as often as it takes.
  const started = performance.now();
  await connection.run(`CREATE TABLE found AS SELECT id, tolmuur_rate("into", "from", hts, day, facts) AS rate FROM question, range(${CALLS / QUESTIONS})`);
  console.log(`${threads} threads: ${CALLS} rates in ${((performance.now() - started) / 1000).toFixed(2)} s`);
  // Bits: 0.0 and -0.0 are equal as numbers, so that a quotient is asked too.
  const [[count, known, differ]] = await rows(connection, `SELECT count(*)::INT, count(rate)::INT,
      count(*) FILTER (rate IS DISTINCT FROM total_central OR 1 / rate IS DISTINCT FROM 1 / total_central)::INT FROM found JOIN answer USING (id)`);
  expectSame([count, differ], [CALLS, 0], `${threads} threads: rates that differ from those of the batch`);
  expect(known > CALLS / 2 && known < CALLS, `${known} rates are known`);
  const wanted = PARTS.map((name) => (types[name] === 'VARCHAR' ? `coalesce(answer.${name}, '')` : `answer.${name}`));
  const different = PARTS.map((name, i) => `part.${name} IS DISTINCT FROM ${wanted[i]}`).join(' OR ');
  expectSame(await rows(connection, `SELECT count(*)::INT FROM (SELECT id, tolmuur_rate_parts("into", "from", hts, day, facts) AS part FROM question WHERE id % 10 = 0)
      JOIN answer USING (id) WHERE ${different}`), [[0]], 'parts that differ from those of the batch');
  expectSame(await rows(connection, `SELECT count(*)::INT FROM (SELECT id, tolmuur_duty("into", "from", hts, day, id + 0.5, facts) AS duty FROM question WHERE id % 10 = 0)
      JOIN answer USING (id) WHERE duty IS DISTINCT FROM (id + 0.5)::DOUBLE * total_central`), [[0]], 'duties that are not value times rate');
}

async function layers() {
  const connection = await connect();
  for (const [into, from, hts, on, facts, assume] of [
    ['US', 'DE', '8703230190', '2025-08-10', '', 'entry'], ['US', 'CN', '3926909989', '2025-04-12', '', 'entry'],
    ['US', 'CA', '7306305032', '2026-05-01', 'usmca=yes;steel_share=0.4', 'trade'], ['EU', 'CN', '870380', '2025-06-01', '', 'entry'],
    ['US', 'MX', '8708', '2025-08-10', '', 'trade'], ['NL', 'DE', '870380', '2025-06-01', '', 'entry']]) {
    const words = facts === '' ? [] : facts.split(';').flatMap((fact) => ['--fact', fact]);
    const answer = JSON.parse(tolmuur(['rate', '--into', into, '--from', from, '--hts', hts, '--on', on, '--assume', assume, '--format', 'json', ...words]));
    const call = `tolmuur_rate_layers($1, $2, $3, '${on}', facts => '${facts}', assume => '${assume}')`;
    const found = (await connection.runAndReadAll(`SELECT * FROM ${call}`, [into, from, hts])).getRowObjectsJS();
    expectSame(found, answer.layers, `layers of ${into} ${from} ${hts} ${on} ${facts}`);
    const [[rate, duty, version]] = await rows(connection, `SELECT tolmuur_rate($1, $2, $3, '${on}', '${facts}', '${assume}'),
        tolmuur_duty($1, $2, $3, '${on}', 14172.25, '${facts}', '${assume}'), tolmuur_law_version()`, [into, from, hts]);
    expectSame([rate, duty, version], [answer.total.central, answer.total.central * 14172.25, answer.law_version], `total of ${into} ${from} ${hts} ${on} ${facts}`);
  }
}

async function nulls() {
  const connection = await connect();
  const argument = [`'US'`, `'DE'`, `'8703230190'`, `DATE '2025-08-10'`, `'usmca=no'`];
  for (let i = 0; i < argument.length; i++) {
    const words = argument.map((word, j) => (i === j ? 'NULL' : word)).join(', ');
    expectSame(await rows(connection, `SELECT tolmuur_rate(${words}), tolmuur_rate_parts(${words})`), [[null, null]], `NULL as argument ${i}`);
    expectSame(await rows(connection, `SELECT tolmuur_rate(a, b, c, d::DATE, e) FROM (VALUES (${words}), (${argument.join(', ')})) t(a, b, c, d, e)`), [[null], [0.15]], `NULL in a column, argument ${i}`);
  }
  expectSame(await rows(connection, `SELECT tolmuur_rate('US', 'DE', '9999999999', '2025-08-10')`), [[null]], 'a code that is in no schedule');
  expectSame(await rows(connection, `SELECT hts, TRY(tolmuur_rate('US', 'DE', hts, DATE '2025-08-10')) FROM (VALUES ('8703230190'), ('87x'), (NULL)) t(hts)`),
    [['8703230190', 0.15], ['87x', null], [null, null]], 'TRY');
  expectSame(await rows(connection, `SELECT tolmuur_rate_parts('US', 'DE', '87x', '2025-08-10').error`),
    [[`hts '87x': not a product code; write 4, 6, 8, 9 or 10 digits, dots are allowed`]], 'a fault as a part');
  expectSame(await rows(connection, `SELECT tolmuur_rate_parts('US', 'DE', '80430', '2025-08-10').error`),
    [[`hts '80430': an HS code has 4, 6, 8 or more digits, so a leading zero may be lost; store the column as text`]], 'a code without its zero');
}

async function faults() {
  const connection = await connect();
  const question = { id: 'x', into: 'US', from: 'DE', hts: '8703230190', on: '2025-08-10', facts: '' };
  for (const [name, value] of [['into', 'Atlantis'], ['from', 'QQ'], ['hts', '87x'], ['hts', '123'], ['hts', '12345678901'], ['hts', ''], ['hts', '8'.repeat(200)],
    ['facts', 'usmca=perhaps'], ['facts', 'speed=3'], ['facts', 'usmca=yes;usmca=no'], ['from', "D'E"], ['hts', '8703\u202e23']]) {
    const asked = { ...question, [name]: value };
    writeFileSync('fault.csv', `${Object.keys(asked).join(',')}\n${Object.values(asked).map((word) => `"${word}"`).join(',')}\n`);
    const [answer] = JSON.parse(tolmuur(['rate', '--batch', 'fault.csv', '--format', 'json'], 65));
    const words = `$1, $2, $3, '2025-08-10'`;
    const values = [asked.into, asked.from, asked.hts, asked.facts];
    const said = await fault(connection, `SELECT tolmuur_rate(${words}, $4)`, values);
    const visible = answer.error.replaceAll('\u202e', '\\xe2\\x80\\xae');
    expect(said !== null && said.includes(`tolmuur_rate: ${visible}`), `${name} '${value}': ${said}, and the program: ${answer.error}`);
    const layer = await fault(connection, `SELECT * FROM tolmuur_rate_layers(${words}, facts => $4)`, values);
    expect(layer !== null && layer.includes(`tolmuur_rate_layers: ${visible}`), `${name} '${value}' in layers: ${layer}`);
  }
  for (const [sql, wanted] of [
    [`SELECT tolmuur_rate('US', 'DE', '8703230190', DATE 'infinity')`, `tolmuur_rate: on 'far away': not a day`],
    [`SELECT tolmuur_rate('US', 'DE', '8703230190', DATE '1850-01-01')`, `tolmuur_rate: on '1850-01-01': not a day`],
    [`SELECT tolmuur_rate('US', 'DE', '8703230190', '2025-08-10', '', 'much')`, `tolmuur_rate: assume 'much': write entry or trade`],
    [`SELECT tolmuur_duty('US', 'DE', '8703230190', '2025-08-10', -1)`, `tolmuur_duty: value '-1': not an amount`],
    [`SELECT tolmuur_duty('US', 'DE', '8703230190', '2025-08-10', 'nan'::DOUBLE)`, `tolmuur_duty: value 'nan': not an amount`],
    [`SELECT * FROM tolmuur_rate_layers('US', NULL, '8703230190', '2025-08-10')`, 'tolmuur_rate_layers: from is NULL; give a value'],
    [`SELECT * FROM tolmuur_rate_layers('US', 'DE', '8703230190', NULL)`, 'tolmuur_rate_layers: on is NULL; give a value'],
    [`SELECT * FROM tolmuur_rate_layers('US', 'DE', '9999999999', '2025-08-10')`, `tolmuur_rate_layers: this product is not in the importer's schedule`],
    [`SELECT tolmuur_rate('US', 'DE', 8703230190, DATE '2025-08-10')`, 'No function matches'],
  ]) {
    const said = await fault(connection, sql);
    expect(said !== null && said.includes(wanted), `${sql}: ${said}`);
  }
}

await main('rate', async () => {
  await batch(1);
  await batch(2);
  await layers();
  await nulls();
  await faults();
});
