// Chromium without a window, over its debugging pipe: pages, what they say, what they ask for, pictures.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

function findProgram() {
  for (const name of ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']) {
    for (const folder of process.env.PATH.split(delimiter)) {
      const path = join(folder, name);
      try { accessSync(path, constants.X_OK); return path; } catch { /* the next one */ }
    }
  }
  throw new Error('no Chromium: ./dev setup installs chromium-headless-shell');
}

// The report draws its lower charts when it has been seen.
const drawn = `new Promise((done) => { const look = () => (document.documentElement.hasAttribute('data-drawn') ? done() : setTimeout(look, 10)); look(); })`;

export class Browser {
  constructor() {
    this.profile = mkdtempSync(join(tmpdir(), 'tolmuur-browser-'));
    const options = ['--headless', '--disable-gpu', '--no-first-run', '--disable-extensions', '--disable-dev-shm-usage', '--remote-debugging-pipe', `--user-data-dir=${this.profile}`];
    if (process.getuid() === 0) options.push('--no-sandbox');
    this.child = spawn(findProgram(), [...options, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.next = 1;
    this.waiting = new Map();
    this.listeners = new Set();
    let held = '';
    this.child.stdio[4].setEncoding('utf8');
    this.child.stdio[4].on('data', (text) => {
      const messages = (held + text).split('\0');
      held = messages.pop();
      messages.forEach((message) => this.take(JSON.parse(message)));
    });
    this.child.on('exit', () => this.waiting.forEach(({ reject }) => reject(new Error('Chromium ended'))));
  }

  take(message) {
    const waits = this.waiting.get(message.id);
    if (!waits) { this.listeners.forEach((listen) => listen(message)); return; }
    this.waiting.delete(message.id);
    if (message.error) waits.reject(new Error(`${waits.method}: ${message.error.message}`));
    else waits.resolve(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.next++;
    this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => { this.waiting.set(id, { resolve, reject, method }); });
  }

  // A page in a window of its own; scripts: false switches the page's own scripts off.
  async open(url, { width = 1400, height = 900, dark = false, scripts = true, print = false } = {}) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
    await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    await page.send('Emulation.setEmulatedMedia', { media: print ? 'print' : '', features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
    await page.send('Emulation.setScriptExecutionDisabled', { value: !scripts });
    await page.load(url);
    if (scripts) await page.evaluate(drawn);
    return page;
  }

  async close() {
    const ended = new Promise((resolve) => { this.child.on('exit', resolve); });
    this.send('Browser.close').catch(() => {});
    await Promise.race([ended, new Promise((resolve) => { setTimeout(resolve, 5000); })]);
    this.child.kill('SIGKILL');
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Page {
  constructor(browser, sessionId, targetId) {
    Object.assign(this, { browser, sessionId, targetId, faults: [], requests: [], loads: [] });
    this.listen = (message) => { if (message.sessionId === sessionId) this.hear(message); };
    browser.listeners.add(this.listen);
  }

  send(method, params) { return this.browser.send(method, params, this.sessionId); }

  hear({ method, params }) {
    if (method === 'Page.loadEventFired') this.loads.splice(0).forEach((resolve) => resolve());
    if (method === 'Runtime.exceptionThrown') this.faults.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Runtime.consoleAPICalled') this.faults.push(`console.${params.type}: ${params.args.map((one) => one.value ?? one.description).join(' ')}`);
    if (method === 'Log.entryAdded') this.faults.push(`${params.entry.level}: ${params.entry.text}`);
    if (method === 'Page.javascriptDialogOpening') { this.faults.push(`dialog: ${params.message}`); this.send('Page.handleJavaScriptDialog', { accept: true }); }
    if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
  }

  // Seconds until the page has loaded.
  async load(url) {
    const started = performance.now();
    const loaded = new Promise((resolve) => { this.loads.push(resolve); });
    await this.send('Page.navigate', { url });
    await loaded;
    this.seconds = (performance.now() - started) / 1000;
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async picture({ full = true } = {}) {
    const { cssContentSize } = await this.send('Page.getLayoutMetrics');
    const clip = full ? { x: 0, y: 0, width: Math.ceil(cssContentSize.width), height: Math.min(16000, Math.ceil(cssContentSize.height)), scale: 1 } : undefined;
    const { data } = await this.send('Page.captureScreenshot', { format: 'png', clip, captureBeyondViewport: full });
    return Buffer.from(data, 'base64');
  }

  async close() {
    this.browser.listeners.delete(this.listen);
    await this.browser.send('Target.closeTarget', { targetId: this.targetId });
  }
}
