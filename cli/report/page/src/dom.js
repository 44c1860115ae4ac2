// Elements are made, never parsed: no text of the data is ever read as HTML.
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

export function section(id, title, note, ...children) {
  const heading = `${id}-title`;
  return el('section', { id, 'aria-labelledby': heading }, el('h2', { id: heading }, title), note && el('p', { class: 'note' }, note), children);
}

// A wide thing in a narrow window scrolls by itself.
export const scroller = (label, ...children) => el('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': label }, children);

// columns: [{ title, number, cell(row, index) }]
export function table(caption, columns, rows, { hidden = true, classes = '' } = {}) {
  const head = el('tr', {}, columns.map((column) => el('th', { scope: 'col', class: column.number && 'n', title: column.title2 }, column.title)));
  const body = rows.map((row, index) => el('tr', {}, columns.map((column, place) => {
    const content = column.cell(row, index);
    return el(place === 0 ? 'th' : 'td', { scope: place === 0 && 'row', class: column.number ? 'n' : column.classes }, content);
  })));
  return scroller(caption, el('table', { class: classes }, el('caption', { class: hidden && 'unseen' }, caption), el('thead', {}, head), el('tbody', {}, body)));
}
