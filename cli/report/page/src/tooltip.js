import { append, el } from './dom.js';

let box;
// lines: [[label, value]], and a title.
export function show(title, lines, x, y) {
  if (!box) {
    box = el('div', { class: 'tooltip', role: 'status' });
    document.body.append(box);
  }
  box.replaceChildren();
  append(box, [el('strong', {}, title), el('dl', {}, lines.map(([label, value]) => [el('dt', {}, label), el('dd', {}, value)]))]);
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(4, Math.min(x + 14, document.documentElement.clientWidth - width - 4)) + window.scrollX}px`;
  box.style.top = `${(y + height + 24 > window.innerHeight ? Math.max(4, y - height - 10) : y + 14) + window.scrollY}px`;
}
export function hide() {
  if (box) box.hidden = true;
}
