// ECharts as SVG, in the page's colours; drawn again when the window or the colours change.
import { init, use } from 'echarts/core';
import { BarChart, CustomChart, SankeyChart, ScatterChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import { el } from './dom.js';
import * as tooltip from './tooltip.js';

use([BarChart, CustomChart, SankeyChart, ScatterChart, GridComponent, SVGRenderer]);

// A style attribute is refused by the page's policy; the same text through the object model is not.
const setAttribute = Element.prototype.setAttribute;
SVGElement.prototype.setAttribute = function set(name, value) {
  if (name === 'style') this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const live = new Set();

export function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(name).trim();
  return {
    text: get('--text'), muted: get('--muted'), line: get('--line'), page: get('--page'), accent: get('--accent'), loss: get('--loss'), gain: get('--gain'),
    bands: ['a', 'b', 'c', 'd', 'e', 'none'].map((band) => get(`--band-${band}`)), steps: ['law', 'data', 'parameter'].map((step) => get(`--step-${step}`)),
    flows: [1, 2, 3, 4].map((layer) => get(`--flow-${layer}`)),
  };
}
const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const highOf = (height, width) => (typeof height === 'function' ? height(width) : height);

class Chart {
  constructor(holder, height, option, tip, onClick, width) {
    Object.assign(this, { holder, height, option, tip, onClick });
    live.add(this);
    this.draw(width);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(holder);
  }

  draw(width = this.holder.clientWidth) {
    if (width === 0) return;
    this.chart?.dispose();
    const high = highOf(this.height, width);
    this.holder.style.height = `${high}px`;
    this.width = width;
    this.chart = init(this.holder, null, { renderer: 'svg', width, height: high });
    const option = this.option(colours(), width);
    this.chart.setOption({ animation: false, textStyle: { fontFamily: font, fontSize: 12 }, ...option });
    this.holder.querySelector('svg')?.setAttribute('viewBox', `0 0 ${width} ${high}`);
    if (this.tip) {
      this.chart.on('mousemove', (event) => {
        const told = this.tip(event);
        if (told) tooltip.show(told.title, told.lines, event.event.event.clientX, event.event.event.clientY);
      });
      this.chart.on('mouseout', tooltip.hide);
      this.chart.on('globalout', tooltip.hide);
    }
    if (this.onClick) this.chart.on('click', this.onClick);
  }

  resize() {
    if (this.holder.clientWidth !== this.width && !window.matchMedia('print').matches) this.draw();
  }
}

dark.addEventListener('change', () => live.forEach((chart) => chart.draw()));

// Charts are drawn when they stand in the document: the first at once, the others when the page has been seen, unless all are wanted now.
let waiting = [];
let round = 0;
export function chart(label, height, option, tip, onClick) {
  const holder = el('div', { class: 'chart', role: 'img', 'aria-label': label });
  waiting.push({ holder, height, option, tip, onClick });
  return holder;
}
const FIRST = 2;
export function drawWaiting(all) {
  const mine = ++round;
  const root = document.documentElement;
  const charts = waiting;
  waiting = [];
  // Measured before any is drawn: the browser lays the page out once.
  charts.forEach((one) => { one.width = one.holder.clientWidth; });
  charts.forEach((one) => { one.holder.style.height = `${highOf(one.height, one.width)}px`; });
  root.removeAttribute('data-drawn');
  const draw = ({ holder, height, option, tip, onClick, width }) => new Chart(holder, height, option, tip, onClick, width);
  charts.splice(0, all ? charts.length : FIRST).forEach(draw);
  const next = () => {
    if (mine !== round) return;
    if (charts.length === 0) {
      root.setAttribute('data-drawn', '');
      return;
    }
    draw(charts.shift());
    setTimeout(next);
  };
  if (charts.length === 0) next();
  else setTimeout(next);
}
export function forget() {
  round += 1;
  live.forEach((chart) => {
    chart.observer.disconnect();
    chart.chart?.dispose();
  });
  live.clear();
  waiting = [];
  tooltip.hide();
}

// ---- pieces of options ---------------------------------------------------------------------------------------------
export const valueAxis = (colour, more) => ({
  type: 'value', axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: colour.line } }, axisLabel: { color: colour.muted, hideOverlap: true },
  nameTextStyle: { color: colour.muted }, ...more,
});
export const nameAxis = (colour, data, more) => ({
  type: 'category', data, inverse: true, axisLine: { lineStyle: { color: colour.line } }, axisTick: { show: false }, axisLabel: { color: colour.text, ...more?.axisLabel },
});
// A line with ends from least to most, over horizontal bars. rows: [[least, most]]
export const rangeSeries = (colour, rows, size = 9) => ({
  type: 'custom', z: 5, silent: true, data: rows.map(([low, high], at) => [low, high, at]), encode: { x: [0, 1], y: 2 },
  renderItem: (_, api) => {
    const [x1, y] = api.coord([api.value(0), api.value(2)]);
    const [x2] = api.coord([api.value(1), api.value(2)]);
    const style = { stroke: colour.text, lineWidth: 1.25 };
    const line = (a, b, c, d) => ({ type: 'line', shape: { x1: a, y1: b, x2: c, y2: d }, style });
    return { type: 'group', children: [line(x1, y, x2, y), line(x1, y - size / 2, x1, y + size / 2), line(x2, y - size / 2, x2, y + size / 2)] };
  },
});
