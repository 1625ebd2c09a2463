// SPDX-License-Identifier: Apache-2.0
// What is under way between the workers and this page.

import { count, plural } from "./format.js";

const SHOWN_MILLIS = 30_000;
const SPEED_MILLIS = 2_000;
const WIDTH = 320;
const HEIGHT = 120;
const MARGIN = 4;

const element = (id) => document.getElementById(id);
const [area, produced, read] = ["area", "line.produced", "line.read"].map((name) =>
  document.querySelector(`#chart .${name}`),
);

let history = [];

export function clearFlow(cells = 0) {
  history = [];
  element("cells").replaceChildren(...Array.from({ length: cells }, () => document.createElement("i")));
  showFlow({ millis: 0, blocksInFlight: 0, blocksRunning: 0, produced: 0, read: 0 });
}

export function showFlow(flow) {
  history = [...history.filter((past) => past.millis > flow.millis - SHOWN_MILLIS), flow];
  const detail = flow.blocksInFlight ? ` (${count(flow.blocksRunning)} with workers)` : "";
  element("blocks").textContent = `${count(flow.blocksInFlight)}${detail}`;
  element("produced").textContent = count(flow.produced);
  element("read").textContent = count(flow.read);
  element("ahead").textContent = count(flow.produced - flow.read);
  element("speed").textContent = count(Math.round(speed()));
  [...element("cells").children].forEach((cell, i) => {
    cell.className = i < flow.blocksRunning ? "running" : i < flow.blocksInFlight ? "waiting" : "";
  });
  draw();
}

/** When nothing is under way any more. */
export function endFlow() {
  element("blocks").textContent = "0";
  element("speed").textContent = "0";
  [...element("cells").children].forEach((cell) => (cell.className = ""));
}

function speed() {
  const last = history.at(-1);
  const before = history.find((past) => past.millis >= last.millis - SPEED_MILLIS);
  const millis = last.millis - before.millis;
  return millis ? ((last.read - before.read) / millis) * 1000 : 0;
}

function draw() {
  const end = Math.max(SHOWN_MILLIS, history.at(-1).millis);
  const low = history[0].read;
  const high = Math.max(low + 10, history.at(-1).produced);
  const point = (name) => (flow) =>
    [
      (WIDTH * (flow.millis - end + SHOWN_MILLIS)) / SHOWN_MILLIS,
      HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * (flow[name] - low)) / (high - low),
    ]
      .map((coordinate) => coordinate.toFixed(1))
      .join(" ");
  const upper = history.map(point("produced"));
  const lower = history.map(point("read"));
  produced.setAttribute("d", path(upper));
  read.setAttribute("d", path(lower));
  area.setAttribute("d", `${path([...upper, ...lower.reverse()])}Z`);
  element("chart").setAttribute("aria-label", label(history.at(-1)));
}

const path = (points) => `M${points.join("L")}`;

const label = (flow) =>
  `The last 30 seconds: ${plural(flow.produced, "chunk")} produced, ${count(flow.read)} read`;
