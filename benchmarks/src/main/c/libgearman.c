// SPDX-License-Identifier: Apache-2.0
// Client and worker as the users of libgearman have them.
//   libgearman role=client|worker port=N [in-flight=N] [payload=BYTES] [result=BYTES]
#include <libgearman/gearman.h>
#include <pthread.h>
#include <unistd.h>

#include "bench.h"

static size_t payload_size, result_size;
static char *bytes; // of a workload or a result

// The client: tasks that are submitted anew when they have ended.

static gearman_client_st *client;
static measured_t measured;
static uint64_t *since;
static uint64_t deadline, wanted, submitted;

static int more_wanted(void) { return wanted > 0 ? submitted < wanted : now() < deadline; }

static void submit(uint64_t *start) {
  gearman_return_t status;
  *start = now();
  submitted++;
  gearman_client_add_task(client, NULL, start, "load", NULL, bytes, payload_size, &status);
  if (gearman_failed(status)) die("cannot add a task: %s", gearman_client_error(client));
}

static gearman_return_t completed(gearman_task_st *task) {
  uint64_t *start = gearman_task_context(task);
  measure(&measured, now() - *start, payload_size + gearman_task_data_size(task));
  if (more_wanted()) submit(start);
  return GEARMAN_SUCCESS;
}

static gearman_return_t failed(gearman_task_st *task) {
  die("the job %s has failed", gearman_task_job_handle(task));
}

static void run(long in_flight, uint64_t count, uint64_t millis) {
  measure_begin(&measured);
  wanted = count;
  submitted = 0;
  deadline = measured.from + millis * 1000000u;
  for (long i = 0; i < in_flight && more_wanted(); i++) submit(&since[i]);
  if (gearman_failed(gearman_client_run_tasks(client))) die("cannot run: %s", gearman_client_error(client));
  measure_end(&measured);
}

static void be_client(int port, long in_flight) {
  client = gearman_client_create(NULL);
  gearman_client_add_server(client, "127.0.0.1", (in_port_t)port);
  gearman_client_add_options(client, GEARMAN_CLIENT_FREE_TASKS);
  gearman_client_set_complete_fn(client, completed);
  gearman_client_set_fail_fn(client, failed);
  since = calloc((size_t)in_flight, sizeof *since);
  say_ready();
  char line[64];
  unsigned long value;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "run %lu", &value) == 1) run(in_flight, 0, value);
    else if (sscanf(line, "jobs %lu", &value) == 1) run(in_flight, value, 0);
    else die("unknown command: %s", line);
  }
}

// The worker.

static gearman_return_t echo(gearman_job_st *job, void *context) {
  (void)context;
  return gearman_job_send_complete(job, bytes, result_size) == GEARMAN_SUCCESS ? GEARMAN_SUCCESS : GEARMAN_ERROR;
}

static void *await_end_of_input(void *context) {
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  _exit(0);
  return context;
}

static void be_worker(int port) {
  gearman_worker_st *worker = gearman_worker_create(NULL);
  gearman_worker_add_server(worker, "127.0.0.1", (in_port_t)port);
  gearman_worker_define_function(worker, "load", 4, gearman_function_create(echo), 0, NULL);
  pthread_t watch;
  pthread_create(&watch, NULL, await_end_of_input, NULL);
  say_ready();
  while (!gearman_failed(gearman_worker_work(worker))) continue;
  die("cannot work: %s", gearman_worker_error(worker));
}

int main(int argc, char **argv) {
  int port = (int)number(argc, argv, "port", NULL);
  payload_size = (size_t)number(argc, argv, "payload", "128");
  result_size = (size_t)number(argc, argv, "result", "128");
  bytes = calloc(1, payload_size > result_size ? payload_size : result_size);
  if (strcmp(argument(argc, argv, "role", NULL), "worker") == 0) be_worker(port);
  else be_client(port, number(argc, argv, "in-flight", "1"));
}
