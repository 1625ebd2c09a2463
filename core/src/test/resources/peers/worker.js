// SPDX-License-Identifier: Apache-2.0
// A worker by gearmanode: worker.js PORT PREFIX
'use strict';
require('winston').loggers.options.silent = true; // it complains of every line otherwise
const gearmanode = require('gearmanode');

const [port, prefix] = process.argv.slice(2);
const worker = gearmanode.worker({ host: '127.0.0.1', port: Number(port), withUnique: true });

const functions = {
  reverse: job => job.workComplete(Buffer.from(job.payload).reverse()),
  unique: job => job.workComplete(job.unique),
  events: job => {
    job.sendWorkData('one');
    job.reportWarning('careful');
    job.reportStatus(1, 2);
    job.sendWorkData('two');
    job.workComplete('done');
  },
  fail: job => job.reportError(),
  exception: job => job.reportException('boom'),
  // Says that it runs, then waits for a line of input, which is the result.
  hold: job => {
    console.log('holding');
    process.stdin.once('data', line => job.workComplete(line.toString().trim()));
  },
};
for (const [name, run] of Object.entries(functions)) {
  worker.addFunction(`${prefix}-${name}`, run);
}
worker.addFunction(`${prefix}-limited`, functions.hold, { timeout: 1000 });
