// Bundles the page's script and style into one C file. Arguments: the file to write.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const target = ['chrome100', 'firefox100', 'safari15'];

const bundle = await build({
  entryPoints: [join(here, 'src/main.js')],
  bundle: true, minify: true, write: false, format: 'iife', target, charset: 'ascii', legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"', __DEV__: 'false' },
  logLevel: 'warning',
});
const style = await transform(readFileSync(join(here, 'src/page.css'), 'utf8'), { loader: 'css', minify: true, target, charset: 'ascii' });
// ECharts and zrender are under Apache-2.0 and BSD-3-Clause: their notices go with every copy.
const notice = '/* With Apache ECharts (Apache-2.0) and zrender (BSD-3-Clause, (c) 2017, Baidu Inc.) */\n';
const texts = { script: notice + bundle.outputFiles[0].text.trim(), style: style.code.trim() };

// Nothing in a text may end its element, and every byte is ASCII, so that the hash does not depend on how the page is read.
for (const [name, text] of Object.entries(texts)) {
  if (/<\/(script|style)|<!--/i.test(text) || /[^\x09\x0a\x20-\x7e]/.test(text)) {
    throw new Error(`the ${name} holds what HTML would not leave alone`);
  }
}

const quote = (text) => text.match(/[\s\S]{1,2000}/g)
  .map((part) => `    "${part.replace(/[\\"]/g, '\\$&').replace(/\?/g, '\\?').replace(/\n/g, '\\n').replace(/\t/g, '\\t')}"`).join('\n');
let c = '/* Made by build.mjs. */\n#include "report/page.h"\n\n';
for (const [name, text] of Object.entries(texts)) {
  c += `const char report_${name}[] =\n${quote(text)};\n`;
  c += `const char report_${name}_sha256[] = "${createHash('sha256').update(text).digest('base64')}";\n`;
}
const [output] = process.argv.slice(2);
writeFileSync(`${output}.part`, c);
renameSync(`${output}.part`, output);
