// SPDX-License-Identifier: Apache-2.0
// Shows the snapshots that the server sends. Names are strangers' and are only ever text.

const RETRY_MS = 2_000;
const STALE_MS = 5_000;
const RATE_SNAPSHOTS = 6; // rates are over the time between the first and the last of these
const SILENT_FROM = 10; // seconds; less is the ordinary pause between two packets

const element = (id) => document.getElementById(id);
const decimal = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const number = (value) => decimal.format(value);
const rate = (value) => (value === undefined ? "–" : number(value < 10 ? value : Math.round(value)));
const silence = (seconds) => (seconds < SILENT_FROM ? "–" : duration(seconds * 1_000));

function duration(ms) {
  const s = Math.round(ms / 1_000);
  if (ms < 10_000) return `${decimal.format(ms / 1_000)} s`;
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3_600)} h`;
}

function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; count >= 1_024 && unit < units.length - 1; unit++) count /= 1_024;
  return `${decimal.format(count)} ${units[unit]}`;
}

function write(node, text) {
  if (node.data !== text) node.data = text;
}

/** Writes to elements that each have one text. */
function fill(texts) {
  for (const [id, text] of Object.entries(texts)) write(element(id).firstChild, text);
}

/** A table whose rows stay the same elements: only what differs is written, and moved. */
class Table {
  #table;
  #body;
  #columns;
  #rows = new Map();
  #sort;
  #filter = "";
  #latest = [];
  #there = 0;
  #count;

  /** @param columns by the key of their header: value of a row, and how it is shown */
  constructor(id, key, columns, sort, searched) {
    this.#table = element(id);
    this.#body = this.#table.tBodies[0];
    this.key = key;
    this.searched = searched;
    this.#columns = [...this.#table.tHead.rows[0].cells].map((header) => this.#header(header, columns));
    this.#count = element(`${id}-count`);
    this.#sortBy(sort.key, sort.descending);
    element(`${id}-filter`).addEventListener("input", (event) => {
      this.#filter = event.target.value.trim().toLowerCase();
      this.#draw();
    });
  }

  #header(header, columns) {
    const key = header.dataset.key;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    const text = header.classList.contains("text");
    button.addEventListener("click", () => {
      const same = this.#sort.key === key;
      this.#sortBy(key, same ? !this.#sort.descending : !text);
      this.#draw();
    });
    return { key, header, text, value: (row) => row[key], show: number, ...columns[key] };
  }

  #sortBy(key, descending) {
    this.#sort = { key, descending };
    for (const column of this.#columns) {
      if (column.key === key) {
        column.header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      } else {
        column.header.removeAttribute("aria-sort");
      }
    }
  }

  /** @param there how many there are, those included that are not among the data */
  show(data, there) {
    this.#latest = data;
    this.#there = there;
    this.#draw();
  }

  #draw() {
    const shown = this.#latest.filter((row) => this.#matches(row)).sort(this.#order());
    const gone = new Set(this.#rows.keys());
    let next = this.#body.firstChild;
    for (const row of shown) {
      gone.delete(this.key(row));
      const line = this.#line(row);
      if (line === next) {
        next = next.nextSibling;
      } else {
        this.#body.insertBefore(line, next);
      }
    }
    for (const key of gone) {
      this.#rows.get(key).line.remove();
      this.#rows.delete(key);
    }
    this.#countRows(shown.length);
  }

  /** How many rows there are, and why not all of them. */
  #countRows(shown) {
    const there = this.#there;
    const text = shown === there ? number(there) : `${number(shown)} of ${number(there)}`;
    this.#count.textContent = this.#latest.length < there ? `${text}: those with the most to do` : text;
  }

  #matches(row) {
    return this.#filter === "" || this.searched(row).toLowerCase().includes(this.#filter);
  }

  /** By the column, then as they came: equal rows do not change places. */
  #order() {
    const { value, text } = this.#columns.find((column) => column.key === this.#sort.key);
    const sign = this.#sort.descending ? -1 : 1;
    return text
      ? (a, b) => sign * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0)
      : (a, b) => sign * ((value(a) ?? 0) - (value(b) ?? 0));
  }

  #line(row) {
    const key = this.key(row);
    let known = this.#rows.get(key);
    if (!known) {
      known = this.#create();
      this.#rows.set(key, known);
    }
    this.#columns.forEach((column, i) => {
      const value = column.value(row);
      if (known.values[i] !== value) {
        known.values[i] = value;
        write(known.texts[i], column.text ? value : column.show(value));
        const cell = known.texts[i].parentNode;
        const kind = column.text ? "text" : value ? "" : "zero";
        if (cell.className !== kind) cell.className = kind;
        if (column.text) cell.title = value;
      }
    });
    return known.line;
  }

  #create() {
    const line = document.createElement("tr");
    const texts = this.#columns.map(() => {
      const cell = document.createElement("td");
      const text = document.createTextNode("");
      cell.append(text);
      line.append(cell);
      return text;
    });
    return { line, texts, values: texts.map(() => null) };
  }
}

const functions = new Table(
  "functions",
  (row) => row.name,
  { oldest: { show: duration }, in: { show: rate }, out: { show: rate } },
  { key: "waiting", descending: true },
  (row) => row.name,
);
const workers = new Table(
  "workers",
  (row) => row.connection,
  { silent: { value: (row) => (row.silent < SILENT_FROM ? 0 : row.silent), show: silence } },
  { key: "connection", descending: false },
  (row) => `${row.address} ${row.clientId}`,
);

// ---- rates: what counts have grown by since some snapshots ago

const history = [];

function remember(all) {
  const counts = new Map(all.functions.map((one) => [one.name, one]));
  history.push({ taken: all.taken, started: all.started, counts });
  if (history.length > RATE_SNAPSHOTS || history[0].started !== all.started) history.shift();
}

/** Undefined as long as there is nothing to compare with. */
function grown(one, count) {
  const first = history[0];
  const seconds = (history[history.length - 1].taken - first.taken) / 1_000;
  const before = first.counts.get(one.name)?.[count];
  return seconds > 0 && before !== undefined ? Math.max(0, one[count] - before) / seconds : undefined;
}

/** A name within a sentence, whose direction it must not turn. */
const isolated = (name) => `\u2068${name}\u2069`;
const sum = (rows, key) => rows.reduce((total, row) => total + (row[key] ?? 0), 0);

// ---- showing a snapshot

function show(all) {
  remember(all);
  for (const one of all.functions) {
    one.waiting = one.high + one.normal + one.low;
    one.in = grown(one, "submitted");
    one.out = grown(one, "ended");
  }
  const { totals } = all;
  const compared = history.length > 1;
  fill({
    waiting: number(totals.waiting),
    oldest: totals.waiting ? duration(totals.oldest) : "–",
    running: number(totals.running),
    delayed: number(totals.delayed),
    "workers-total": number(totals.workers),
    busy: number(totals.busy),
    idle: number(totals.workers - totals.busy),
    "submitted-rate": rate(compared ? sum(all.functions, "in") : undefined),
    submitted: number(sum(all.functions, "submitted")),
    "ended-rate": rate(compared ? sum(all.functions, "out") : undefined),
    failed: number(sum(all.functions, "failed")),
    "queued-bytes": bytes(all.queuedBytes),
    connections: number(all.connections),
    uptime: duration(all.taken - all.started),
    received: bytes(all.bytesReceived),
    sent: bytes(all.bytesSent),
  });
  functions.show(all.functions, totals.functions);
  workers.show(all.workers, totals.workers);
  showStandstills(all);
  document.title = `${number(totals.waiting)} waiting, ${number(totals.running)} running – Gearman job server`;
  showState(all.draining ? "draining" : "live", all.draining ? "Draining: ends when no job is left" : "Live");
}

function showStandstills({ standstills, standstillCount }) {
  const list = element("standstills").querySelector("ul");
  const lines = standstills.map(
    ({ function: name, waitedSeconds, worker }) =>
      `“${isolated(name)}” has a job that has waited ${duration(waitedSeconds * 1_000)}; worker ${isolated(worker.address)}` +
      (worker.clientId === "-" ? "" : ` (${isolated(worker.clientId)})`) +
      `, connection ${worker.connection}, could take it and has said nothing for ${duration(worker.silentSeconds * 1_000)}.`,
  );
  if (standstillCount > lines.length) {
    lines.push(`And ${number(standstillCount - lines.length)} more.`);
  }
  while (list.children.length > lines.length) list.lastChild.remove();
  lines.forEach((line, i) => {
    const item = list.children[i] ?? list.appendChild(document.createElement("li"));
    if (item.textContent !== line) item.textContent = line;
  });
  element("standstills").hidden = lines.length === 0;
}

function showState(state, text) {
  document.body.dataset.state = state;
  if (element("state").textContent !== text) element("state").textContent = text;
}

// ---- hearing the server

let latest = null;
let heard = 0;

/** Draws when the browser does: not at all while nobody looks, and never two snapshots at once. */
function draw() {
  const all = latest;
  latest = null;
  show(all);
}

function connect() {
  const source = new EventSource("events");
  source.addEventListener("snapshot", (event) => {
    if (latest === null) requestAnimationFrame(draw);
    latest = JSON.parse(event.data);
    heard = performance.now();
  });
  source.addEventListener("error", () => {
    showState("lost", "Disconnected: trying again");
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(connect, RETRY_MS); // it was refused, and would not try again by itself
    }
  });
}

setInterval(() => {
  const since = performance.now() - heard;
  if (heard > 0 && since > STALE_MS && document.body.dataset.state !== "lost") {
    showState("lost", "The server says nothing");
  }
}, 1_000);

connect();
