// SPDX-License-Identifier: Apache-2.0
// What was counted: four figures and two lists of bars.

import { bytes, count, share } from "./format.js";

const CLASSES = [
  [2, "Success"],
  [3, "Redirected"],
  [4, "Client error"],
  [5, "Server error"],
];
const OTHERS = "Other";

const statuses = document.getElementById("statuses");
const paths = document.getElementById("paths");

export function showReport(report) {
  for (const name of ["lines", "uniqueClients", "malformed"]) {
    text(document.getElementById(name), count(report[name]));
  }
  text(document.getElementById("bytes"), bytes(report.bytes));
  showStatuses(Object.entries(report.statuses));
  showPaths(report.topPaths, report.lines);
}

export function clearReport() {
  showReport({ lines: 0, uniqueClients: 0, malformed: 0, bytes: 0, statuses: {}, topPaths: [] });
}

/** By the first digit. Lines whose status is of no class are shown only if there are any. */
function showStatuses(byStatus) {
  const all = sum(byStatus);
  const known = CLASSES.map(([digit, words]) => ({
    name: `${digit}xx`,
    words,
    codes: byStatus.filter(([code]) => code.startsWith(digit)),
  }));
  const codes = byStatus.filter(([code]) => !CLASSES.some(([digit]) => code.startsWith(digit)));
  const classes = codes.length ? [...known, { name: "1xx", words: OTHERS, codes }] : known;
  rows(statuses, classes.length).forEach((row, i) => {
    const { name, words, codes } = classes[i];
    row.dataset.class = name;
    showBar(row, `${name} ${words}`, sum(codes), all, codes.map(([c, n]) => `${c}: ${count(n)}`).join(" \u00b7 "));
  });
}

function showPaths(topPaths, lines) {
  const most = topPaths[0]?.hits ?? 0;
  rows(paths, topPaths.length).forEach((row, i) => {
    const { path, hits } = topPaths[i];
    showBar(row, path, hits, most, share(hits, lines));
  });
}

function showBar(row, name, number, full, note) {
  const [label, figure, bar, small] = row.children;
  text(label, name);
  label.title = name;
  text(figure, count(number));
  text(small, note);
  bar.style.setProperty("--share", full ? number / full : 0);
}

/** So many rows, the ones that are there first, so that bars move rather than jump. */
function rows(list, number) {
  while (list.children.length > number) {
    list.lastElementChild.remove();
  }
  while (list.children.length < number) {
    list.append(row());
  }
  return [...list.children];
}

function row() {
  const item = document.createElement("li");
  item.append(...["name", "number", "bar", "note"].map(part));
  return item;
}

function part(name) {
  const span = document.createElement("span");
  span.className = name;
  return span;
}

/** Text that has not changed is left alone: it may be selected. */
function text(element, words) {
  if (element.textContent !== words) {
    element.textContent = words;
  }
}

const sum = (entries) => entries.reduce((total, [, number]) => total + number, 0);
