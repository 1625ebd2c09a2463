// SPDX-License-Identifier: Apache-2.0
// What the programs of the load harness share: arguments of the form key=value, a clock, a histogram, and the way in
// which a client is told what to do and says what it has measured. Its parent writes lines to its standard input:
//   run MILLIS    keep jobs in flight for so long
//   jobs COUNT    run so many jobs
// and the client answers with
//   result jobs=COUNT nanos=TIME bytes=COUNT
//   NANOS COUNT   for each latency, smallest first
//   end
// It ends with its input.
#ifndef BENCH_H
#define BENCH_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

__attribute__((noreturn, format(printf, 1, 2))) static inline void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

static inline const char *argument(int argc, char **argv, const char *key, const char *otherwise) {
  size_t length = strlen(key);
  for (int i = 1; i < argc; i++) {
    if (strncmp(argv[i], key, length) == 0 && argv[i][length] == '=') return argv[i] + length + 1;
  }
  if (otherwise == NULL) die("%s= is missing", key);
  return otherwise;
}

static inline long number(int argc, char **argv, const char *key, const char *otherwise) {
  const char *text = argument(argc, argv, key, otherwise);
  char *end;
  long value = strtol(text, &end, 10);
  if (*text == 0 || *end != 0 || value < 0) die("%s must be a number, not %s", key, text);
  return value;
}

static inline uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Buckets as those of HdrHistogram: a value is known to one part in 1,024.
enum { BUCKET_BITS = 10, BUCKETS = 1 << BUCKET_BITS, HISTOGRAM_SIZE = 50 * BUCKETS };

typedef struct {
  uint64_t jobs, bytes, from;
  uint64_t counts[HISTOGRAM_SIZE];
} measured_t;

static inline void measure_begin(measured_t *measured) {
  memset(measured, 0, sizeof *measured);
  measured->from = now();
}

static inline void measure(measured_t *measured, uint64_t nanos, uint64_t bytes) {
  int shift = nanos < 2 * BUCKETS ? 0 : 63 - __builtin_clzll(nanos) - BUCKET_BITS;
  size_t index = (size_t)shift * BUCKETS + (size_t)(nanos >> shift);
  measured->counts[index < HISTOGRAM_SIZE ? index : HISTOGRAM_SIZE - 1]++;
  measured->jobs++;
  measured->bytes += bytes;
}

static inline void measure_end(measured_t *measured) {
  printf("result jobs=%lu nanos=%lu bytes=%lu\n", (unsigned long)measured->jobs,
         (unsigned long)(now() - measured->from), (unsigned long)measured->bytes);
  for (size_t index = 0; index < HISTOGRAM_SIZE; index++) {
    if (measured->counts[index] == 0) continue;
    size_t shift = index < 2 * BUCKETS ? 0 : index / BUCKETS - 1;
    unsigned long nanos = (unsigned long)(index - shift * BUCKETS) << shift;
    printf("%lu %lu\n", nanos, (unsigned long)measured->counts[index]);
  }
  puts("end");
  fflush(stdout);
}

static inline void say_ready(void) {
  puts("ready");
  fflush(stdout);
}

#endif
