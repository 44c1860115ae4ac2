// tolmuur_score against `tolmuur score`: columns, types and every bit, at 1 and 2 threads, in parallel and streamed; faults in the same words.
import path from 'node:path';
import { LONG, complaint, connect, expect, expectSame, fault, main, makeBook, rows, sameBytes, source, tolmuur } from './database.mjs';

const scenario = path.join(source, 'datasets/scenarios/no_ieepa.json');

// Options of the program, and the same as parameters.
const CALLS = [
  [['--on', '2025-08-10'], `days => DATE '2025-08-10'`],
  [['--on', '2025-04-12', '--on', '2025-08-10', '--baseline', '2025-02-01', '--settings', 'hub_share=0.25'],
    `"on" => ['2025-04-12', '2025-08-10'], baseline => '2025-02-01', settings => MAP {'hub_share': 0.25}`],
  [['--scenarios', scenario, '--on', '2025-06-01', '--assume', 'entry', '--horizon', 'long', '--tiers', '2'],
    `scenarios => '${scenario}', days => [DATE '2025-06-01'], assume => 'entry', horizon => 'long', tiers => 2`],
  [['--on', '2025-08-10', '--settings', 'half_margin=0.2', '--settings', 'home_gain=0.25', '--isa', 'scalar'],
    `days => '2025-08-10', settings => {half_margin: 0.2, home_gain: 0.25}, isa => 'scalar'`],
  [['--on', '2025-08-10', '--settings', 'hub_share=0.5', '--draws', '40', '--seed', '9'],
    `days => '2025-08-10', settings => ['hub_share=0.5'], draws => 40, seed => 9`],
];

// A call with a fault, and the words of the program for it, where they stand.
const FAULTS = [
  [['--on', '2025-02-30'], `days => '2025-02-30'`],
  [['--on', '2025-08-10', '--on', '2025-08-10'], `days => ['2025-08-10', '2025-08-10']`],
  [['--on', '1999-01-01'], `days => '1999-01-01'`],
  [['--settings', 'half_margi=1'], `settings => {half_margi: 1}`],
  [['--settings', 'half_margin=x'], `settings => 'half_margin=x'`],
  [['--draws', '0'], 'draws => 0'],
  [['--draws', '99999999'], 'draws => 99999999'],
  [['--seed', '3'], 'seed => 3'],
  [['--tiers', '-1'], 'tiers => -1'],
  [['--assume', 'much'], `assume => 'much'`],
  [['--threads', 'two'], `threads => 'two'`],
  [['--scenarios', 'nowhere.json'], `scenarios => 'nowhere.json'`],
  [['--isa', 'mmx'], `isa => 'mmx'`],
  [['--tables', 'nowhere.tables'], `tables => 'nowhere.tables'`],
];

/** The option --on is called days in SQL, and options have no dashes. */
function inSql(words) {
  return words.replaceAll('--on', 'days').replaceAll(/--(?=[a-z])/g, '');
}

/** In the order of firms: the very same file. */
async function compareFile(connection, call, threads) {
  await connection.run(`COPY (SELECT * FROM ${call}) TO 'sql.parquet' (FORMAT parquet, COMPRESSION zstd)`);
  expect(sameBytes('cli.parquet', 'sql.parquet'), `${threads} threads: the Parquet file of ${call} differs`);
}

/** In whatever order threads come: the same rows, to the bit. */
async function compareRows(connection, call, threads) {
  await connection.run('SET preserve_insertion_order = false');
  await connection.run(`CREATE OR REPLACE TABLE found AS SELECT * FROM ${call}`);
  await connection.run('RESET preserve_insertion_order');
  const order = 'ORDER BY firm_id, scenario';
  expectSame(await rows(connection, `SELECT * FROM found ${order}`), await rows(connection, `SELECT * FROM 'cli.parquet' ${order}`), `${threads} threads, any order: ${call}`);
}

async function compare() {
  const connections = [await connect(1), await connect(2)];
  for (const [i, [words, parameters]] of CALLS.entries()) {
    const call = `tolmuur_score('portfolio.book', ${parameters})`;
    tolmuur(['score', 'portfolio.book', ...words, '-o', 'cli.parquet', '--threads', String(1 + i % 2)]);
    expectSame(await rows(connections[0], `DESCRIBE SELECT * FROM ${call}`), await rows(connections[0], `DESCRIBE SELECT * FROM 'cli.parquet'`), `columns of ${call}`);
    await compareFile(connections[0], call, 1);
    await compareRows(connections[1], call, 2);
    if (LONG) {
      await compareFile(connections[1], call, 2);
      await compareRows(connections[0], call, 1);
    }
  }
}

async function projections() {
  const connection = await connect(2);
  const call = `tolmuur_score('portfolio.book', days => '2025-08-10')`;
  tolmuur(['score', 'portfolio.book', '--on', '2025-08-10', '-o', 'cli.parquet']);
  for (const list of ['count(*)', 'band, flags, firm_id', 'score', 'p.score, p.score AS again, p.firm_id', 'min(best_hub), max(law_version), count(interest_cover)']) {
    const query = (from) => `SELECT ${list} FROM ${from} AS p`;
    expectSame(await rows(connection, query(call)), await rows(connection, query(`'cli.parquet'`)), list);
  }
  expectSame(await rows(connection, `SELECT firm_id FROM ${call} WHERE band = 'E' ORDER BY score DESC, firm_id LIMIT 5`),
    await rows(connection, `SELECT firm_id FROM 'cli.parquet' WHERE band = 'E' ORDER BY score DESC, firm_id LIMIT 5`), 'filter and limit');
  // A prepared statement is executed again and again; a stream is left before its end.
  const prepared = await connection.prepare(`SELECT count(*), max(score) FROM tolmuur_score(?, days => '2025-08-10')`);
  prepared.bindVarchar(1, 'portfolio.book');
  const wanted = await rows(connection, `SELECT count(*), max(score) FROM 'cli.parquet'`);
  for (let i = 0; i < 3; i++) {
    expectSame((await prepared.runAndReadAll()).getRowsJS(), wanted, 'prepared');
  }
  const stream = await connection.stream(`SELECT * FROM ${call}`);
  expect((await stream.fetchChunk()).rowCount > 0, 'the first chunk of a stream');
  expectSame(await rows(connection, `SELECT count(*) FROM ${call}`), await rows(connection, `SELECT count(*) FROM 'cli.parquet'`), 'after a stream that was left');
}

async function faults() {
  const connection = await connect();
  for (const [words, parameters] of FAULTS) {
    const said = await fault(connection, `SELECT count(*) FROM tolmuur_score('portfolio.book', ${parameters})`);
    const wanted = `tolmuur_score: ${inSql(complaint(['score', 'portfolio.book', ...words, '-o', 'fault.parquet']))}`;
    expect(said !== null && said.includes(wanted), `${parameters}: ${said}\n  the program: ${wanted}`);
  }
  for (const [call, wanted] of [
    [`'nowhere.book'`, 'nowhere.book: cannot open the file'],
    [`'input/firms.csv'`, 'input/firms.csv: '],
    ['NULL', 'book is NULL; give a value'],
    [`'portfolio.book', days => NULL`, 'days is NULL; give a value'],
    [`'portfolio.book', days => []`, 'days is an empty list; give a value, or leave it out'],
    [`'portfolio.book', days => '2025-01-01', "on" => '2025-01-02'`, 'days and on are the same; give one of them'],
    [`'portfolio.book', threads => [1, 2]`, 'threads is a list; give one value'],
  ]) {
    const said = await fault(connection, `SELECT count(*) FROM tolmuur_score(${call})`);
    expect(said !== null && said.includes(`Binder Error: tolmuur_score: ${wanted}`), `${call}: ${said}`);
  }
  const said = await fault(connection, `SELECT count(*) FROM tolmuur_score('portfolio.book', speed => 3)`);
  expect(said !== null && said.includes('Invalid named parameter "speed"'), `an unknown parameter: ${said}`);
}

/** Many connections of one database, and several databases, at once. */
async function crowd() {
  const connection = await connect(2);
  const query = `SELECT firm_id, scenario, score, ebitda_change_eur FROM tolmuur_score('portfolio.book', days => ['2025-04-12', '2025-08-10']) ORDER BY ALL`;
  const wanted = await rows(connection, query);
  const others = [connection, await connect(2), await connection.sibling(), await connect(1)];
  const found = await Promise.all(others.map((other) => rows(other, query)));
  found.forEach((answer, i) => expectSame(answer, wanted, `of four queries at once, the ${i}th`));
}

await main('score', async () => {
  makeBook();
  await compare();
  await projections();
  await faults();
  await crowd();
});
