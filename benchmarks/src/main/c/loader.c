// SPDX-License-Identifier: Apache-2.0
// A bare pipelined load for any Gearman server: one thread that plays clients, workers or both, and does for a job no
// more than it must. A workload begins with the time of its submission, which the result repeats.
//   loader role=client|worker|both port=N [protocol=gearman|raw] [mode=foreground|background|standing]
//          [function=NAME] [in-flight=N] [payload=BYTES] [result=BYTES] [connections=N] [workers=N] [unique=true|false]
// Besides the commands of bench.h it knows
//   jobs COUNT MILLIS   run so many jobs, or as many as can be in that time
//   drain COUNT         take so many jobs that were submitted in the background, and complete them
//   connect COUNT       open so many connections that do nothing, and answer once the server has seen them
// With mode=standing a job is submitted in the background, and once that is accepted the oldest one is taken, completed
// and replaced by the next: a queue stays as long as it was. The latency is from the submission to the assignment.
// With protocol=raw the bytes of client and worker go through relay.c, and no server has to understand them.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { CAN_DO = 1, PRE_SLEEP = 4, NOOP = 6, SUBMIT_JOB = 7, JOB_CREATED = 8, GRAB_JOB = 9, NO_JOB = 10,
       JOB_ASSIGN = 11, WORK_COMPLETE = 13, ECHO_REQ = 16, ECHO_RES = 17, SUBMIT_JOB_BG = 18 };
enum { HEADER = 12, KEPT = 256, STAMP = 8, READ_SIZE = 1 << 17, EVENTS = 512, MAX_GRABS = 256 };

static const uint64_t FOREVER = UINT64_MAX;

typedef struct connection {
  int fd, is_worker, awaits_writable, dirty;
  char head[HEADER + KEPT]; // the beginning of a packet, which is all that matters of it
  size_t have, skip, body;
  char *out;
  size_t out_from, out_to, out_size;
  uint64_t *sent; // when the submissions were sent that have no JOB_CREATED yet
  size_t sent_first, sent_count;
  long grabs; // that have no answer yet
} connection_t;

static int epoll, raw, background, standing, with_unique; // what is standing is in the background, too
static const char *function;
static size_t function_size, payload_size, result_size;
static long in_flight_wanted, client_count, worker_count, grabs_at_once;
static connection_t *clients, *workers, *touched[1 << 16];
static size_t touched_count;
static char read_buffer[READ_SIZE];

static measured_t measured;
static enum { IDLE, RUNNING, DRAINING, CONNECTING } state;
static uint64_t deadline, wanted, submitted, clock_now, last_unique;
static long in_flight, next_client;

static void touch(connection_t *connection) {
  if (connection->dirty) return;
  connection->dirty = 1;
  touched[touched_count++] = connection;
}

static char *reserve(connection_t *connection, size_t size) {
  if (connection->out_from == connection->out_to) connection->out_from = connection->out_to = 0;
  size_t needed = connection->out_to + size;
  if (needed > connection->out_size) {
    connection->out_size = needed > 2 * connection->out_size ? needed : 2 * connection->out_size;
    connection->out = realloc(connection->out, connection->out_size);
    if (connection->out == NULL) die("out of memory");
  }
  char *place = connection->out + connection->out_to;
  connection->out_to = needed;
  touch(connection);
  return place;
}

static char *packet(connection_t *connection, uint32_t type, size_t body) {
  char *place = reserve(connection, HEADER + body);
  uint32_t numbers[2] = {htonl(type), htonl((uint32_t)body)};
  memcpy(place, "\0REQ", 4);
  memcpy(place + 4, numbers, sizeof numbers);
  return place + HEADER;
}

static char *put(char *place, const void *bytes, size_t size) {
  memcpy(place, bytes, size);
  return place + size;
}

static void put_workload(char *place, const void *stamp, size_t size) {
  memset(put(place, stamp, STAMP), 0, size - STAMP);
}

static void flush(connection_t *connection) {
  while (connection->out_from < connection->out_to) {
    ssize_t size = write(connection->fd, connection->out + connection->out_from,
                         connection->out_to - connection->out_from);
    if (size < 0 && errno != EAGAIN) die("cannot write: %s", strerror(errno));
    if (size < 0) break;
    connection->out_from += (size_t)size;
  }
  int full = connection->out_from < connection->out_to;
  if (full == connection->awaits_writable) return;
  connection->awaits_writable = full;
  struct epoll_event event = {.events = full ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = connection};
  epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static void flush_touched(void) {
  for (size_t i = 0; i < touched_count; i++) {
    touched[i]->dirty = 0;
    flush(touched[i]);
  }
  touched_count = 0;
}

static void grab(connection_t *worker) {
  packet(worker, GRAB_JOB, 0);
  worker->grabs++;
}

static void submit(void) {
  connection_t *client = &clients[next_client];
  next_client = (next_client + 1) % client_count;
  if (raw) {
    char *place = packet(client, JOB_ASSIGN, 4 + payload_size); // as it would come to the worker
    put_workload(put(place, "h\0f\0", 4), &clock_now, payload_size);
  } else {
    char unique[17] = "";
    if (with_unique) snprintf(unique, sizeof unique, "%08x%08x", (unsigned)getpid(), (unsigned)++last_unique);
    size_t unique_size = strlen(unique) + 1;
    uint32_t type = background ? SUBMIT_JOB_BG : SUBMIT_JOB;
    char *place = packet(client, type, function_size + 1 + unique_size + payload_size);
    place = put(put(place, function, function_size + 1), unique, unique_size);
    put_workload(place, &clock_now, payload_size);
  }
  if (background) {
    client->sent[(client->sent_first + client->sent_count++) % (size_t)in_flight_wanted] = clock_now;
  }
  submitted++;
  in_flight++;
}

static int more_wanted(void) {
  return submitted < wanted && clock_now < deadline;
}

static void finish_if_done(void) {
  if (state == RUNNING && in_flight == 0 && !more_wanted()) {
    state = IDLE;
    measure_end(&measured);
  }
}

static void job_done(uint64_t since) {
  measure(&measured, clock_now - since, payload_size + (background && !standing ? 0 : result_size));
  in_flight--;
  if (more_wanted()) submit();
  finish_if_done();
}

// Of what has no answer yet, the oldest.
static void answered(connection_t *client) {
  uint64_t since = client->sent[client->sent_first];
  client->sent_first = (client->sent_first + 1) % (size_t)in_flight_wanted;
  client->sent_count--;
  job_done(since);
}

static void created(connection_t *client) {
  if (standing) grab(&workers[0]);
  else if (background) answered(client);
}

static void completed(connection_t *client) {
  char *stamp = memchr(client->head + HEADER, 0, KEPT - STAMP);
  if (stamp == NULL) die("a handle is too long");
  size_t size = client->body - (size_t)(stamp + 1 - client->head - HEADER);
  if (size != result_size) die("a result has %zu bytes instead of %zu", size, result_size);
  uint64_t since;
  memcpy(&since, stamp + 1, sizeof since);
  job_done(since);
}

static void assigned(connection_t *worker) {
  char *handle = worker->head + HEADER;
  size_t handle_size = strnlen(handle, KEPT) + 1;
  char *stamp = handle + handle_size;
  stamp += strnlen(stamp, KEPT) + 1;
  char *place = packet(worker, WORK_COMPLETE, handle_size + result_size);
  put_workload(put(place, handle, handle_size), stamp, result_size);
  worker->grabs--;
  if (raw) return;
  if (standing) {
    answered(&clients[0]);
    return;
  }
  if (state != DRAINING) {
    if (!background) grab(worker);
    // What NO_JOB has taken from those that are under way comes back, or one at a time would be left.
    if (!background && worker->grabs < grabs_at_once) grab(worker);
    return;
  }
  measure(&measured, 0, payload_size);
  if (measured.jobs + (uint64_t)worker->grabs < wanted) grab(worker);
  if (measured.jobs == wanted) {
    state = IDLE;
    flush_touched();
    measure_end(&measured);
  }
}

static void no_job(connection_t *worker) {
  if (background) die("there are no more jobs after %lu", (unsigned long)measured.jobs);
  if (--worker->grabs == 0) packet(worker, PRE_SLEEP, 0);
}

static void wake(connection_t *worker) {
  while (!background && worker->grabs < grabs_at_once) grab(worker);
}

static void echoed(void) {
  if (++measured.jobs == wanted) {
    state = IDLE;
    measure_end(&measured);
  }
}

static void received(connection_t *connection) {
  uint32_t type;
  memcpy(&type, connection->head + 4, sizeof type);
  switch (ntohl(type)) {
    case JOB_CREATED: created(connection); break;
    case WORK_COMPLETE: completed(connection); break;
    case JOB_ASSIGN: assigned(connection); break;
    case NO_JOB: no_job(connection); break;
    case NOOP: wake(connection); break;
    case ECHO_RES: echoed(); break;
    default: die("unexpected packet %u: %.*s", ntohl(type), (int)(connection->body < 80 ? connection->body : 80),
                 connection->head + HEADER);
  }
}

static void consume(connection_t *connection, const char *bytes, size_t size) {
  while (size > 0) {
    size_t step;
    if (connection->skip > 0) {
      step = size < connection->skip ? size : connection->skip;
      connection->skip -= step;
    } else {
      size_t kept = connection->body < KEPT ? connection->body : KEPT;
      size_t target = connection->have < HEADER ? HEADER : HEADER + kept;
      step = size < target - connection->have ? size : target - connection->have;
      memcpy(connection->head + connection->have, bytes, step);
      connection->have += step;
      if (connection->have == HEADER) {
        uint32_t body;
        memcpy(&body, connection->head + 8, sizeof body);
        connection->body = ntohl(body);
      }
      kept = connection->body < KEPT ? connection->body : KEPT;
      if (connection->have == HEADER + kept) connection->skip = connection->body - kept;
    }
    bytes += step;
    size -= step;
    if (connection->skip == 0 && connection->have >= HEADER &&
        connection->have == HEADER + (connection->body < KEPT ? connection->body : KEPT)) {
      received(connection);
      connection->have = connection->body = 0;
    }
  }
}

static void readable(connection_t *connection) {
  ssize_t size = read(connection->fd, read_buffer, sizeof read_buffer);
  if (size == 0) die("the server has closed a connection");
  if (size < 0 && errno != EAGAIN) die("cannot read: %s", strerror(errno));
  clock_now = now();
  if (size > 0) consume(connection, read_buffer, (size_t)size);
}

static void begin(uint64_t count, uint64_t millis) {
  measure_begin(&measured);
  clock_now = measured.from;
  wanted = count;
  submitted = 0;
  deadline = millis == FOREVER ? FOREVER : clock_now + millis * 1000000u;
  state = RUNNING;
  while (in_flight < in_flight_wanted && more_wanted()) submit();
}

static void drain(uint64_t count) {
  measure_begin(&measured);
  wanted = count;
  state = DRAINING;
  for (long i = 0; i < worker_count; i++) {
    for (long k = 0; k < MAX_GRABS && k * worker_count < (long)count; k++) grab(&workers[i]);
  }
}

static void open_connection(connection_t *connection, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  memset(connection, 0, sizeof *connection);
  connection->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0) {
    die("cannot connect to port %d: %s", port, strerror(errno));
  }
  int on = 1;
  struct linger reset = {.l_onoff = 1}; // thousands of ports are free again at once
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  fcntl(connection->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event);
}

static connection_t *open_connections(long count, int port) {
  connection_t *all = calloc((size_t)count + 1, sizeof *all);
  for (long i = 0; i < count; i++) open_connection(&all[i], port);
  return all;
}

static void open_idle(long count, int port) {
  measure_begin(&measured);
  wanted = (uint64_t)count;
  state = CONNECTING;
  connection_t *idle = open_connections(count, port);
  for (long i = 0; i < count; i++) {
    packet(&idle[i], ECHO_REQ, 0);
    if (touched_count >= EVENTS) flush_touched();
  }
}

static void command(int port) {
  char line[64];
  ssize_t size = read(STDIN_FILENO, line, sizeof line - 1);
  if (size <= 0) exit(0);
  line[size] = 0;
  unsigned long count, millis;
  if (sscanf(line, "run %lu", &millis) == 1) begin(FOREVER, millis);
  else if (sscanf(line, "jobs %lu %lu", &count, &millis) == 2) begin(count, millis);
  else if (sscanf(line, "jobs %lu", &count) == 1) begin(count, FOREVER);
  else if (sscanf(line, "drain %lu", &count) == 1) drain(count);
  else if (sscanf(line, "connect %lu", &count) == 1) open_idle((long)count, port);
  else die("unknown command: %s", line);
}

static void start_worker(connection_t *worker) {
  worker->is_worker = 1;
  if (raw) {
    *reserve(worker, 1) = 'w';
  } else {
    put(packet(worker, CAN_DO, function_size), function, function_size);
    wake(worker);
  }
}

static void start_client(connection_t *client) {
  client->sent = background ? calloc((size_t)in_flight_wanted, sizeof *client->sent) : NULL;
  if (raw) *reserve(client, 1) = 'c';
}

static void start(int argc, char **argv, int port) {
  const char *role = argument(argc, argv, "role", NULL);
  raw = strcmp(argument(argc, argv, "protocol", "gearman"), "raw") == 0;
  const char *mode = argument(argc, argv, "mode", "foreground");
  standing = strcmp(mode, "standing") == 0;
  background = standing || strcmp(mode, "background") == 0;
  with_unique = strcmp(argument(argc, argv, "unique", "false"), "true") == 0;
  function = argument(argc, argv, "function", "load");
  function_size = strlen(function);
  in_flight_wanted = number(argc, argv, "in-flight", "1");
  payload_size = (size_t)number(argc, argv, "payload", "128");
  result_size = (size_t)number(argc, argv, "result", "128");
  if (payload_size < STAMP || result_size < STAMP) die("payload and result must have %d bytes", STAMP);
  client_count = strcmp(role, "worker") == 0 ? 0 : number(argc, argv, "connections", "1");
  worker_count = strcmp(role, "client") == 0 ? 0 : number(argc, argv, "workers", "1");
  if (standing && (client_count != 1 || worker_count != 1)) die("a standing queue takes one client and one worker");
  if (worker_count > 0) grabs_at_once = in_flight_wanted / worker_count;
  if (grabs_at_once < 1) grabs_at_once = 1;
  if (grabs_at_once > MAX_GRABS) grabs_at_once = MAX_GRABS;
  workers = open_connections(worker_count, port);
  for (long i = 0; i < worker_count; i++) start_worker(&workers[i]);
  clients = open_connections(client_count, port);
  for (long i = 0; i < client_count; i++) start_client(&clients[i]);
  flush_touched();
}

static void raise_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int main(int argc, char **argv) {
  int port = (int)number(argc, argv, "port", NULL);
  raise_limit();
  epoll = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input);
  start(argc, argv, port);
  say_ready();
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      connection_t *connection = events[i].data.ptr;
      if (connection == NULL) command(port);
      else if (events[i].events & EPOLLOUT) touch(connection);
      if (connection != NULL && events[i].events & ~(unsigned)EPOLLOUT) readable(connection);
    }
    flush_touched();
  }
}
