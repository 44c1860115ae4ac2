// Search, buttons that copy commands, and a menu that is open where there is room. The pages do without.
"use strict";

const root = document.body.dataset.root;
const input = document.getElementById("search");
const found = document.getElementById("found");
const menu = document.querySelector(".menu");
const roomy = matchMedia("(min-width: 52.01rem)");

function settleMenu() {
  menu.open = roomy.matches;
}
roomy.addEventListener("change", settleMenu);
settleMenu();
document.querySelector(".site [aria-current]")?.scrollIntoView({ block: "nearest" });

for (const code of document.querySelectorAll("pre > .language-sh")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => navigator.clipboard.writeText(code.textContent).then(() => { button.textContent = "Copied"; }));
  code.parentElement.append(button);
}

// The index is read when somebody searches, not with every page.
let loading = null;
function load() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = root + "search.js";
    script.onload = () => resolve(window.searchIndex.map((entry) => ({ entry, lower: entry.slice(0, 2).concat(entry[3]).map((text) => text.toLowerCase()) })));
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

// Every word must be there: in the title counts most, in the heading more than in the text.
function rank(lower, words) {
  let sum = 0;
  for (const word of words) {
    const [title, heading, text] = lower.map((part) => part.includes(word));
    if (!title && !heading && !text) return 0;
    sum += (heading ? 6 : 0) + (title ? 3 : 0) + (text ? 1 : 0);
  }
  return sum;
}

function excerpt(text, words) {
  const span = document.createElement("span");
  const at = Math.max(0, ...words.map((word) => text.toLowerCase().indexOf(word)));
  const begin = Math.max(0, at - 50);
  const piece = text.slice(begin, begin + 170);
  const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "gi");
  let last = 0;
  span.append(begin > 0 ? "… " : "");
  for (const match of piece.matchAll(pattern)) {
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    span.append(piece.slice(last, match.index), mark);
    last = match.index + match[0].length;
  }
  span.append(piece.slice(last));
  return span;
}

function show(entries, words) {
  found.replaceChildren();
  for (const [title, heading, address, text] of entries) {
    const link = document.createElement("a");
    const name = document.createElement("b");
    link.href = root + address;
    name.textContent = heading === title ? title : `${title}: ${heading}`;
    link.append(name, excerpt(text, words));
    found.append(link);
  }
  if (entries.length === 0) {
    const none = document.createElement("p");
    none.textContent = "Nothing has all these words.";
    found.append(none);
  }
  found.hidden = false;
}

async function search() {
  const words = input.value.toLowerCase().split(/\s+/).filter((word) => word.length > 1);
  if (words.length === 0) {
    found.hidden = true;
    return;
  }
  const ranked = (await load()).map(({ entry, lower }) => [rank(lower, words), entry]).filter(([sum]) => sum > 0);
  show(ranked.sort((a, b) => b[0] - a[0]).slice(0, 12).map(([, entry]) => entry), words);
}

input.hidden = false;
input.addEventListener("focus", load, { once: true });
input.addEventListener("input", search);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") found.hidden = true;
  if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
    event.preventDefault();
    input.focus();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("search")) found.hidden = true;
});
