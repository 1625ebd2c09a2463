/* SPDX-License-Identifier: Apache-2.0 */
/* A client by libgearman: client PORT COMMAND FUNCTION [ARGUMENT...] */
#include <libgearman/gearman.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static gearman_client_st *client;
static const char *function;

static gearman_return_t print(gearman_task_st *task, const char *kind) {
  printf("%s %.*s\n", kind, (int) gearman_task_data_size(task),
      (const char *) gearman_task_data(task));
  return GEARMAN_SUCCESS;
}

static gearman_return_t on_data(gearman_task_st *task) {
  return print(task, "data");
}

static gearman_return_t on_warning(gearman_task_st *task) {
  return print(task, "warning");
}

static gearman_return_t on_status(gearman_task_st *task) {
  printf("status %u/%u\n", gearman_task_numerator(task), gearman_task_denominator(task));
  return GEARMAN_SUCCESS;
}

static gearman_return_t on_complete(gearman_task_st *task) {
  return print(task, "complete");
}

static gearman_return_t on_exception(gearman_task_st *task) {
  return print(task, "exception");
}

static gearman_return_t on_fail(gearman_task_st *task) {
  (void) task;
  puts("fail");
  return GEARMAN_SUCCESS;
}

static void check(gearman_return_t outcome) {
  if (gearman_failed(outcome)) {
    fprintf(stderr, "%s\n", gearman_client_error(client));
  }
}

static void call(
    const char *payload, const char *unique, const char *priority) {
  gearman_return_t added;
  size_t size = strlen(payload);
  gearman_client_set_server_option(client, "exceptions", strlen("exceptions"));
  gearman_client_set_data_fn(client, on_data);
  gearman_client_set_warning_fn(client, on_warning);
  gearman_client_set_status_fn(client, on_status);
  gearman_client_set_complete_fn(client, on_complete);
  gearman_client_set_exception_fn(client, on_exception);
  gearman_client_set_fail_fn(client, on_fail);
  if (strcmp(priority, "high") == 0) {
    gearman_client_add_task_high(client, NULL, NULL, function, unique, payload, size, &added);
  } else if (strcmp(priority, "low") == 0) {
    gearman_client_add_task_low(client, NULL, NULL, function, unique, payload, size, &added);
  } else {
    gearman_client_add_task(client, NULL, NULL, function, unique, payload, size, &added);
  }
  check(added);
  check(gearman_client_run_tasks(client));
}

static void bytes(size_t size, unsigned range) {
  char *payload = malloc(size);
  for (size_t i = 0; i < size; i++) {
    payload[i] = (char) (i % range);
  }
  size_t length = 0;
  gearman_return_t outcome;
  char *result = gearman_client_do(client, function, NULL, payload, size, &length, &outcome);
  check(outcome);
  int same = length == size;
  for (size_t i = 0; same && i < size; i++) {
    same = result[i] == payload[size - 1 - i];
  }
  puts(same ? "reversed" : "wrong");
}

static void background(
    const char *payload, const char *unique, const char *priority, char *handle) {
  size_t size = strlen(payload);
  if (strcmp(priority, "high") == 0) {
    check(gearman_client_do_high_background(client, function, unique, payload, size, handle));
  } else if (strcmp(priority, "low") == 0) {
    check(gearman_client_do_low_background(client, function, unique, payload, size, handle));
  } else {
    check(gearman_client_do_background(client, function, unique, payload, size, handle));
  }
  puts("created");
}

/* Submits in background, then asks for the status of the job at each line of input. */
static void status(void) {
  gearman_job_handle_t handle;
  char line[100];
  background("work", NULL, "normal", handle);
  while (fgets(line, sizeof line, stdin) != NULL) {
    bool known, running;
    uint32_t done, total;
    check(gearman_client_job_status(client, handle, &known, &running, &done, &total));
    printf("status %d %d %u/%u\n", known, running, done, total);
  }
}

static void status_by_unique_id(const char *unique) {
  gearman_status_t status = gearman_client_unique_status(client, unique, strlen(unique));
  check(gearman_status_return(status));
  printf("status %d %d %u/%u\n", gearman_status_is_known(status),
      gearman_status_is_running(status), gearman_status_numerator(status),
      gearman_status_denominator(status));
}

/* Submits in background what must not run before so many seconds have passed. */
static void later(const char *payload, int seconds) {
  gearman_task_attr_t when =
      gearman_task_attr_init_epoch(time(NULL) + seconds, GEARMAN_JOB_PRIORITY_NORMAL);
  gearman_argument_t work = gearman_argument_make(NULL, 0, payload, strlen(payload));
  gearman_task_st *task =
      gearman_execute(client, function, strlen(function), NULL, 0, &when, &work, NULL);
  puts(task != NULL ? "created" : gearman_client_error(client));
}

static void reduce(const char *payload, const char *reducer) {
  gearman_argument_t work = gearman_argument_make(NULL, 0, payload, strlen(payload));
  gearman_task_st *task = gearman_execute_by_partition(client, function, strlen(function),
      reducer, strlen(reducer), NULL, 0, NULL, &work, NULL);
  if (task == NULL || gearman_failed(gearman_task_return(task))) {
    puts(gearman_client_error(client));
  } else {
    gearman_result_st *result = gearman_task_result(task);
    printf("complete %.*s\n", (int) gearman_result_size(result), gearman_result_value(result));
  }
}

int main(int argc, char **argv) {
  gearman_job_handle_t handle;
  setvbuf(stdout, NULL, _IOLBF, 0);
  client = gearman_client_create(NULL);
  gearman_client_add_server(client, "127.0.0.1", atoi(argv[1]));
  function = argv[3];
  if (argc == 7 && strcmp(argv[2], "call") == 0) {
    call(argv[4], argv[5], argv[6]);
  } else if (argc == 7 && strcmp(argv[2], "background") == 0) {
    background(argv[4], argv[5], argv[6], handle);
  } else if (argc == 6 && strcmp(argv[2], "bytes") == 0) {
    bytes(strtoul(argv[4], NULL, 10), atoi(argv[5]));
  } else if (argc == 4 && strcmp(argv[2], "status") == 0) {
    status();
  } else if (argc == 5 && strcmp(argv[2], "status_by_unique_id") == 0) {
    status_by_unique_id(argv[4]);
  } else if (argc == 6 && strcmp(argv[2], "later") == 0) {
    later(argv[4], atoi(argv[5]));
  } else if (argc == 6 && strcmp(argv[2], "reduce") == 0) {
    reduce(argv[4], argv[5]);
  }
  gearman_client_free(client);
  return 0;
}
