<?php
// SPDX-License-Identifier: Apache-2.0
// A client by the extension gearman: client.php PORT COMMAND FUNCTION [ARGUMENT...]
[, $port, $command, $function] = $argv;
$arguments = array_slice($argv, 4);
$client = new GearmanClient();
$client->addServer('127.0.0.1', (int) $port);

function show($line) {
    print "$line\n";
    return GEARMAN_SUCCESS;
}

function call($payload, $unique, $priority) {
    global $client, $function;
    $client->setDataCallback(fn($task) => show("data {$task->data()}"));
    $client->setWarningCallback(fn($task) => show("warning {$task->data()}"));
    $client->setStatusCallback(
        fn($task) => show("status {$task->taskNumerator()}/{$task->taskDenominator()}"));
    $client->setCompleteCallback(fn($task) => show("complete {$task->data()}"));
    $client->setFailCallback(fn($task) => show("fail"));
    $client->setExceptionCallback(fn($task) => show("exception {$task->data()}"));
    $methods = ['high' => 'addTaskHigh', 'normal' => 'addTask', 'low' => 'addTaskLow'];
    $client->{$methods[$priority]}($function, $payload, null, $unique);
    $client->runTasks();
}

function bytes($size, $range) {
    global $client, $function;
    $payload = implode('', array_map(fn($i) => chr($i % $range), range(0, $size - 1)));
    $result = $client->doNormal($function, $payload);
    print $result === strrev($payload) ? "reversed\n" : "wrong\n";
}

function background($payload, $unique, $priority) {
    global $client, $function;
    $methods = ['high' => 'doHighBackground', 'normal' => 'doBackground', 'low' => 'doLowBackground'];
    $handle = $client->{$methods[$priority]}($function, $payload, $unique);
    print "created\n";
    return $handle;
}

// Submits in background, then asks for the status of the job at each line of input.
function status() {
    global $client;
    $handle = background('work', '', 'normal');
    while (fgets(STDIN) !== false) {
        vprintf("status %d %d %d/%d\n", $client->jobStatus($handle));
    }
}

function status_by_unique_id($unique) {
    global $client;
    vprintf("status %d %d %d/%d\n", $client->jobStatusByUniqueKey($unique));
}

$command(...$arguments);
