// What the tests through DuckDB's Node package share: a database with the extension loaded, the program, a folder of its own, and comparing to the bit.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [program, generator, extension, modules, source] = process.argv.slice(2).map((word) => path.resolve(word));
const { DuckDBInstance } = createRequire(path.join(modules, 'package.json'))('@duckdb/node-api');

export const folder = mkdtempSync(path.join(tmpdir(), 'tolmuur-sql-'));
export { DuckDBInstance, extension, modules, program, source };
process.env.TOLMUUR_CACHE = path.join(folder, 'cache');
process.chdir(folder);

/** At the full figures, not those of every day. */
export const LONG = process.env.TOLMUUR_LONG === '1';

let tried = 0;
const wrong = [];

/** Counts one thing tried; keeps what is wrong with it. */
export function expect(sound, what) {
  tried += 1;
  if (!sound) {
    wrong.push(what);
  }
}

/** The same to the bit: numbers too, and null. */
export function expectSame(found, wanted, what) {
  expect(JSON.stringify(found, bits) === JSON.stringify(wanted, bits), `${what}: ${show(found)}, not ${show(wanted)}`);
}

function show(value) {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `${part}` : part))?.slice(0, 300);
}

function bits(_key, value) {
  if (typeof value !== 'number') {
    return typeof value === 'bigint' ? `${value}` : value;
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
}

/** Runs one test, then tells and ends the process. */
export async function main(what, test) {
  try {
    await test();
  } catch (fault) {
    wrong.push(fault.stack);
  }
  process.chdir('/');
  rmSync(folder, { recursive: true, force: true });
  console.log(wrong.slice(0, 50).map((line) => `wrong: ${line}`).join('\n'));
  console.log(`${what}: ${tried} tried, ${wrong.length} wrong`);
  process.exit(wrong.length > 0 || tried === 0 ? 1 : 0);
}

/** A connection to a database of its own in memory with so many threads. */
export async function connect(threads = 1, file = extension) {
  const database = await DuckDBInstance.create(':memory:', { allow_unsigned_extensions: 'true', threads: String(threads) });
  const connection = await database.connect();
  await connection.run(`LOAD '${file}'`);
  connection.sibling = () => database.connect();
  return connection;
}

/** Rows as arrays; dates as text. */
export async function rows(connection, sql, values) {
  return (await connection.runAndReadAll(sql, values)).getRowsJS();
}

/** What DuckDB says of a query that fails; null when it does not. */
export async function fault(connection, sql, values) {
  try {
    await connection.runAndReadAll(sql, values);
  } catch (error) {
    return error.message;
  }
  return null;
}

/** The program's standard output; its exit code has to be the one that is expected. */
export function tolmuur(words, code = 0) {
  const run = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 30 });
  expect(run.status === code, `tolmuur ${words.join(' ')}: exit code ${run.status}: ${run.stderr}`);
  return run.stdout;
}

/** What the program says of a fault, without its name. */
export function complaint(words) {
  const run = spawnSync(program, words, { encoding: 'utf8' });
  expect(run.status !== 0, `tolmuur ${words.join(' ')}: no fault`);
  return run.stderr.trim().split('\n').at(-1).replace(/^tolmuur: /, '');
}

/** A portfolio in portfolio.book, with more rows than a chunk; in a long test with more than a window, real industries among them. */
export function makeBook() {
  const size = LONG ? ['--firms', '60000', '--lines', '1000000', '--with', path.join(source, 'datasets/demo/real')] : ['--firms', '3000', '--lines', '9000'];
  execFileSync(generator, ['--tables', path.join(source, 'datasets/demo'), '--seed', '7', ...size, 'input'], { stdio: 'ignore' });
  tolmuur(['build', 'input', '-o', 'portfolio.book']);
}

export function sameBytes(one, other) {
  return readFileSync(one).equals(readFileSync(other));
}
