<?php
// SPDX-License-Identifier: Apache-2.0
// A worker by the extension gearman: worker.php PORT PREFIX
[, $port, $prefix] = $argv;
$worker = new GearmanWorker();
$worker->addServer('127.0.0.1', (int) $port);

function events($job) {
    $job->sendData('one');
    $job->sendWarning('careful');
    $job->sendStatus(1, 2);
    $job->sendData('two');
    return 'done';
}

function exception($job) {
    $job->sendException('boom');
    $job->setReturn(GEARMAN_WORK_EXCEPTION);
}

// Says that it runs, then waits for a line of input, which is the result.
function hold($job) {
    print "holding\n";
    return trim(fgets(STDIN));
}

$functions = [
    'reverse' => fn($job) => strrev($job->workload()),
    'unique' => fn($job) => $job->unique(),
    'events' => 'events',
    'fail' => fn($job) => $job->setReturn(GEARMAN_WORK_FAIL),
    'exception' => 'exception',
    'hold' => 'hold',
];
foreach ($functions as $name => $function) {
    $worker->addFunction("$prefix-$name", $function);
}
$worker->addFunction("$prefix-limited", 'hold', null, 1000);
do {
    $worker->work(); // false when the job failed
} while ($worker->returnCode() !== GEARMAN_LOST_CONNECTION);
fwrite(STDERR, "{$worker->returnCode()} {$worker->error()}\n");
