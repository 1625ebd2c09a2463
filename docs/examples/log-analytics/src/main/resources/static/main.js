// SPDX-License-Identifier: Apache-2.0
// Puts the parts together: a log comes in, an analysis runs, its events are shown.

import { Analysis, Problem, asProblem } from "./analysis.js";
import { clearFlow, endFlow, showFlow } from "./flow.js";
import { bytes, seconds, share } from "./format.js";
import { clearReport, showReport } from "./report.js";
import { onRate, rate } from "./throttle.js";

const SAMPLE = "sample.log?lines=50000";

const element = (id) => document.getElementById(id);
let current = null;

function show(state, message, problem = "") {
  document.body.dataset.state = state;
  element("message").textContent = message;
  element("problem").textContent = problem;
}

/** Runs one analysis after the one before, if that still runs, was cancelled. */
async function run(name, fetchLog) {
  current?.cancel();
  const analysis = new Analysis(rate());
  current = analysis;
  begin(name);
  const began = performance.now();
  try {
    const log = await fetchLog(analysis.signal);
    for await (const event of analysis.events(log)) {
      if (current === analysis) {
        SHOW[event.name]?.(event.data);
      }
    }
    end(analysis, "done", `Done in ${seconds(performance.now() - began)}`);
  } catch (error) {
    fail(analysis, error);
  }
}

function begin(name) {
  element("run").hidden = false;
  element("run-title").textContent = name;
  element("progress").removeAttribute("value");
  element("position").textContent = "";
  clearReport();
  clearFlow();
  show("running", "Counting\u2026");
}

const SHOW = {
  ready: (ready) => clearFlow(Math.min(64, ready.blocksInFlight)),
  progress: ({ done, total }) => {
    element("progress").value = total ? done / total : 0;
    element("position").textContent = `${bytes(done)} of ${bytes(total)}, ${share(done, total)}`;
  },
  partial: showReport,
  result: showReport,
  flow: showFlow,
};

function fail(analysis, error) {
  if (analysis.cancelled) {
    end(analysis, "cancelled", "Cancelled: what was counted until then stands below");
  } else {
    end(analysis, "failed", "No result", asProblem(error, "The connection to the server was lost.").message);
  }
}

function end(analysis, state, message, problem) {
  if (current !== analysis) {
    return; // the next one has begun
  }
  current = null;
  if (!element("progress").hasAttribute("value")) {
    element("progress").value = 0;
  }
  endFlow();
  if (document.activeElement === element("cancel")) {
    element("sample").focus(); // the button is about to go
  }
  show(state, message, problem);
}

async function sample(signal) {
  const answer = await fetch(SAMPLE, { signal });
  if (!answer.ok) {
    throw new Problem("The sample could not be fetched.");
  }
  return answer.blob();
}

function choose(file) {
  if (file) {
    run(file.name, async () => file);
  }
}

function acceptDrops(zone) {
  const over = (isOver) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", isOver);
  };
  document.addEventListener("dragover", over(true));
  document.addEventListener("dragleave", over(false));
  document.addEventListener("drop", (event) => {
    over(false)(event);
    choose(event.dataTransfer.files[0]);
  });
}

element("file").addEventListener("change", (event) => {
  choose(event.target.files[0]);
  event.target.value = ""; // so that the same file may be chosen again
});
element("sample").addEventListener("click", () => run("Sample log", sample));
element("cancel").addEventListener("click", () => current?.cancel());
window.addEventListener("pagehide", () => current?.cancel());
element("curl").textContent = `curl -N --data-binary @access.log ${location.origin}/analyses`;
acceptDrops(element("drop"));
onRate((changed) => current?.throttle(changed));
clearReport();
clearFlow();
