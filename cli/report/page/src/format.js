// Numbers for people. Money is shown in EUR million.
const formats = new Map();
function plain(value, decimals) {
  if (!formats.has(decimals)) formats.set(decimals, new Intl.NumberFormat('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  const text = formats.get(decimals).format(value);
  return text.replace(/^-(?=[0.,]*$)/, '').replace(/^-/, '\u2212');
}
const missing = '\u2013';
const known = (value) => typeof value === 'number' && Number.isFinite(value);

export const number = (value, decimals = 2) => (known(value) ? plain(value, decimals) : missing);
export const count = (value) => number(value, 0);
export const percent = (fraction, decimals = 1) => (known(fraction) ? `${plain(fraction * 100, decimals)}\u00a0%` : missing);
export const million = (eur, decimals) => (known(eur) ? plain(eur / 1e6, eur === 0 ? 0 : decimals) : missing);

// So many places that the greatest of the values has about four digits.
export function places(values) {
  const size = Math.max(0, ...values.filter(known).map(Math.abs)) / 1e6;
  return size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
}
// Ticks of an axis: as many digits as they differ in.
const ticks = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 6 });
export const tick = (value) => ticks.format(value).replace(/^-/, '\u2212');
export const money = (eur) => million(eur, places([eur]));
