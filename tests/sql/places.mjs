// Where the extension finds its tables: in the installation it lies in, beside itself, or where TOLMUUR_TABLES says. And SQL of docs/sql.md, as it is written there.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect, DuckDBInstance, expect, expectSame, extension, fault, folder, main, makeBook, modules, rows, source, tolmuur } from './database.mjs';

const tables = path.join(path.dirname(extension), 'tolmuur.tables');
const name = 'tolmuur.duckdb_extension';

function copy(from, to) {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** In a process of its own: one process loads one file of this name once. */
function rateFrom(file, { cwd = folder, environment = {} } = {}) {
  const script = `const { createRequire } = require('node:module');
    const { DuckDBInstance } = createRequire(${JSON.stringify(path.join(modules, 'package.json'))})('@duckdb/node-api');
    (async () => {
      const connection = await (await DuckDBInstance.create(':memory:', { allow_unsigned_extensions: 'true' })).connect();
      await connection.run(${JSON.stringify(`LOAD '${file}'`)});
      process.chdir('/'); // the tables stay found
      const row = await connection.runAndReadAll("SELECT tolmuur_rate('US', 'DE', '8703230190', '2025-08-10')");
      process.stdout.write(String(row.getRowsJS()[0][0]));
    })().catch((error) => { process.stdout.write(error.message); process.exitCode = 1; });`;
  const run = spawnSync(process.execPath, ['-e', script], { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder, ...environment } });
  return run.stdout + (run.signal ?? '');
}

function places() {
  copy(extension, path.join(folder, 'installed/lib/tolmuur', name));
  copy(tables, path.join(folder, 'installed/share/tolmuur/tolmuur.tables'));
  expectSame(rateFrom(path.join(folder, 'installed/lib/tolmuur', name)), '0.15', 'in an installation');
  expectSame(rateFrom(`lib/tolmuur/${name}`, { cwd: path.join(folder, 'installed') }), '0.15', 'by a relative path');
  copy(extension, path.join(folder, 'beside', name));
  copy(tables, path.join(folder, 'beside/tolmuur.tables'));
  expectSame(rateFrom(path.join(folder, 'beside', name)), '0.15', 'beside the tables');
  copy(extension, path.join(folder, 'alone', name));
  const alone = path.join(folder, 'alone', name);
  expect(rateFrom(alone).includes('tolmuur.tables, are neither beside this file'), `without tables: ${rateFrom(alone)}`);
  expectSame(rateFrom(alone, { environment: { TOLMUUR_TABLES: tables } }), '0.15', 'TOLMUUR_TABLES');
  const damaged = Buffer.from(readFileSync(tables));
  damaged[damaged.length >> 1] ^= 1;
  writeFileSync('damaged.tables', damaged.subarray(0, damaged.length - 4096));
  const said = rateFrom(alone, { environment: { TOLMUUR_TABLES: path.join(folder, 'damaged.tables') } });
  expect(said.includes('damaged.tables: '), `damaged tables: ${said}`);
}

async function unsigned() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const said = await fault(connection, `LOAD '${extension}'`);
  expect(said !== null && said.includes('allow_unsigned_extensions'), `without leave for unsigned extensions: ${said}`);
  expectSame(await rows(await connect(), 'PRAGMA platform'), [[readFileSync(extension).subarray(-320, -288).toString('latin1').replaceAll('\0', '')]], 'platform');
}

/** The blocks of docs/sql.md in one language, with the places of an installation put where things are here. */
function blocks(language) {
  const text = readFileSync(path.join(source, 'docs/sql.md'), 'utf8').replaceAll('/usr/lib/tolmuur/tolmuur.duckdb_extension', extension);
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map((found) => found[1]);
}

/** Statements of DuckDB in a text of SQL. */
function statements(text) {
  return text.replaceAll(/^(duckdb|\.).*$/gm, '').replaceAll(/--.*$/gm, '').split(/;\s*$/m).map((part) => part.trim()).filter((part) => part !== '');
}

/** What a block of Python or R hands to DuckDB: its strings that begin with a word of SQL. */
function embedded(text) {
  const strings = [...text.matchAll(/"""(.*?)"""|"([^"\n]*)"|r"\((.*?)\)"/gs)].map((found) => found[1] ?? found[2] ?? found[3]);
  return strings.filter((part) => /^\s*(LOAD|SELECT|CREATE|COPY|SET|FROM|WITH)\b/.test(part));
}

async function documented() {
  makeBook();
  tolmuur(['score', 'portfolio.book', '--on', '2025-08-10', '-o', 'last_night.parquet']);
  writeFileSync('shipments.csv', 'id,importer,origin,hts,entered,value\n1,US,DE,8703230190,2025-08-10,14172\n2,US,CN,3926909989,2025-04-12,900\n3,US,DE,87x,2025-08-10,5\n');
  const shell = blocks('sql');
  expect(shell.length >= 3, `${shell.length} blocks of SQL`);
  const connection = await connect();
  for (const statement of shell.flatMap(statements)) {
    const said = await fault(connection, statement);
    expectSame(said, null, `docs/sql.md: ${statement}`);
  }
  for (const language of ['python', 'r']) {
    const found = blocks(language).flatMap(embedded);
    expect(found.length >= 3, `${language}: ${found.length} statements`);
    const own = await connect();
    for (const statement of found) {
      expectSame(await fault(own, statement), null, `docs/sql.md, ${language}: ${statement}`);
    }
  }
  symlinkSync(path.join(modules, 'node_modules'), 'node_modules');
  const scripts = blocks('js');
  expect(scripts.length > 0, 'a block for Node');
  for (const script of scripts) {
    writeFileSync('example.mjs', script);
    const run = spawnSync(process.execPath, ['example.mjs'], { encoding: 'utf8' });
    expect(run.status === 0 && run.stdout !== '', `docs/sql.md, js: ${run.status} ${run.stderr}`);
  }
}

await main('places and documents', async () => {
  places();
  await unsigned();
  await documented();
});
