// SPDX-License-Identifier: Apache-2.0
// A client by gearmanode: client.js PORT COMMAND FUNCTION [ARGUMENT...]
'use strict';
require('winston').loggers.options.silent = true; // it complains of every line otherwise
const gearmanode = require('gearmanode');

const [port, command, name, ...rest] = process.argv.slice(2);
const client = gearmanode.client({ host: '127.0.0.1', port: Number(port) });

function submit(payload, unique, priority, background) {
  return client.submitJob(
    name, payload, { unique, priority: priority.toUpperCase(), background });
}

function call(payload, unique, priority) {
  client.jobServers[0].setOption('exceptions');
  const job = submit(payload, unique, priority, false);
  job.on('workData', data => console.log(`data ${data}`));
  job.on('warning', data => console.log(`warning ${data}`));
  job.on('status', s => console.log(`status ${s.percent_done_num}/${s.percent_done_den}`));
  job.on('complete', () => end(`complete ${job.response}`));
  job.on('failed', () => end('fail'));
  job.on('exception', text => end(`exception ${text}`));
}

function bytes(size, range) {
  const payload = Buffer.from(Array.from({ length: Number(size) }, (_, i) => i % range));
  const job = client.submitJob(name, payload);
  job.on('complete', () =>
    end(job.response.equals(Buffer.from(payload).reverse()) ? 'reversed' : 'wrong'));
}

function background(payload, unique, priority) {
  submit(payload, unique, priority, true).on('created', () => end('created'));
}

// Submits in background, then asks for the status of the job at each line of input.
function status() {
  const job = submit('work', '', 'normal', true);
  job.on('created', () => console.log('created'));
  job.on('status', s => console.log(
    `status ${+s.known} ${+s.running} ${s.percent_done_num}/${s.percent_done_den}`));
  process.stdin.on('data', () => job.getStatus()).on('end', () => client.close());
}

function end(line) {
  console.log(line);
  client.close();
}

({ call, bytes, background, status })[command](...rest);
