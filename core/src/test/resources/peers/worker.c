/* SPDX-License-Identifier: Apache-2.0 */
/* A worker by libgearman: worker PORT PREFIX */
#include <libgearman/gearman.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gearman_return_t answer(gearman_job_st *job, const char *text) {
  return gearman_job_send_complete(job, text, strlen(text));
}

static gearman_return_t reverse(gearman_job_st *job, void *context) {
  (void) context;
  size_t size = gearman_job_workload_size(job);
  const char *payload = gearman_job_workload(job);
  char *reversed = malloc(size + 1);
  for (size_t i = 0; i < size; i++) {
    reversed[i] = payload[size - 1 - i];
  }
  gearman_return_t sent = gearman_job_send_complete(job, reversed, size);
  free(reversed);
  return sent;
}

static gearman_return_t unique(gearman_job_st *job, void *context) {
  (void) context;
  return answer(job, gearman_job_unique(job));
}

static gearman_return_t events(gearman_job_st *job, void *context) {
  (void) context;
  gearman_job_send_data(job, "one", 3);
  gearman_job_send_warning(job, "careful", 7);
  gearman_job_send_status(job, 1, 2);
  gearman_job_send_data(job, "two", 3);
  return answer(job, "done");
}

static gearman_return_t fail(gearman_job_st *job, void *context) {
  (void) job;
  (void) context;
  return GEARMAN_FAIL;
}

static gearman_return_t exception(gearman_job_st *job, void *context) {
  (void) context;
  return gearman_job_send_exception(job, "boom", 4);
}

/* Says that it runs, then waits for a line of input, which is the result. */
static gearman_return_t hold(gearman_job_st *job, void *context) {
  (void) context;
  char line[100] = "";
  puts("holding");
  fgets(line, sizeof line, stdin);
  line[strcspn(line, "\n")] = 0;
  return answer(job, line);
}

/* Makes a job of each word for the function that reduces. */
static gearman_return_t split(gearman_job_st *job, void *context) {
  (void) context;
  const char *word = gearman_job_workload(job);
  const char *end = word + gearman_job_workload_size(job);
  while (word < end) {
    const char *space = memchr(word, ' ', end - word);
    const char *next = space != NULL ? space : end;
    gearman_job_send_data(job, word, next - word);
    word = next + 1;
  }
  return GEARMAN_SUCCESS;
}

/* Makes one result of those of all words. */
static gearman_return_t join(
    gearman_aggregator_st *aggregator, gearman_task_st *task, gearman_result_st *joined) {
  (void) aggregator;
  char text[100] = "";
  for (; task != NULL; task = gearman_next(task)) {
    gearman_result_st *result = gearman_task_result(task);
    strncat(text, gearman_result_value(result), gearman_result_size(result));
    strcat(text, ".");
  }
  gearman_result_store_value(joined, text, strlen(text));
  return GEARMAN_SUCCESS;
}

static void define(gearman_worker_st *worker, const char *prefix, const char *name,
    gearman_function_t run, uint32_t limit) {
  char function[100];
  int size = snprintf(function, sizeof function, "%s-%s", prefix, name);
  gearman_worker_define_function(
      worker, function, size, run, limit, NULL);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    return 2;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  gearman_worker_st *worker = gearman_worker_create(NULL);
  gearman_worker_add_server(worker, "127.0.0.1", atoi(argv[1]));
  define(worker, argv[2], "reverse", gearman_function_create(reverse), 0);
  define(worker, argv[2], "unique", gearman_function_create(unique), 0);
  define(worker, argv[2], "events", gearman_function_create(events), 0);
  define(worker, argv[2], "fail", gearman_function_create(fail), 0);
  define(worker, argv[2], "exception", gearman_function_create(exception), 0);
  define(worker, argv[2], "hold", gearman_function_create(hold), 0);
  define(worker, argv[2], "limited", gearman_function_create(hold), 1000);
  define(worker, argv[2], "split", gearman_function_create_partition(split, join), 0);
  while (gearman_worker_work(worker) != GEARMAN_LOST_CONNECTION) {
    // a job that failed is an error of work
  }
  fprintf(stderr, "%s\n", gearman_worker_error(worker));
  return 1;
}
