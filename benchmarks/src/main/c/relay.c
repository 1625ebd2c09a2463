// SPDX-License-Identifier: Apache-2.0
// The least that a server between two others can do: what one of two connections sends goes to the other, unread.
// The first byte of a connection says which of the two it is: c for the client, w for the worker.
//   relay port=N
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { BUFFER = 1 << 17 }; // more does not stay in the cache

typedef struct {
  int from, to;
  size_t first, last;
  char bytes[BUFFER];
} direction_t;

static direction_t there, back;

static int listen_on(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0) {
    die("cannot listen on port %d: %s", port, strerror(errno));
  }
  return fd;
}

static void await_connection(int listener) {
  struct pollfd ready[2] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
  poll(ready, 2, -1);
  if (ready[1].revents) exit(0);
}

static void accept_two(int listener) {
  int client = -1, worker = -1;
  while (client < 0 || worker < 0) {
    await_connection(listener);
    int fd = accept(listener, NULL, NULL), on = 1;
    if (fd < 0) die("cannot accept: %s", strerror(errno));
    char kind;
    if (read(fd, &kind, 1) != 1) { // somebody only looks whether anybody listens
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (kind == 'c') client = fd;
    else worker = fd;
  }
  there.from = back.to = client;
  there.to = back.from = worker;
  there.first = there.last = back.first = back.last = 0;
}

// Returns whether both connections are still there.
static int pass_on(direction_t *direction) {
  if (direction->first == direction->last) {
    ssize_t size = read(direction->from, direction->bytes, BUFFER);
    if (size == 0 || (size < 0 && errno != EAGAIN)) return 0;
    direction->first = 0;
    direction->last = size < 0 ? 0 : (size_t)size;
  }
  if (direction->first == direction->last) return 1;
  ssize_t size = write(direction->to, direction->bytes + direction->first, direction->last - direction->first);
  if (size < 0 && errno != EAGAIN) return 0;
  if (size > 0) direction->first += (size_t)size;
  return 1;
}

static int is_full(const direction_t *direction) { return direction->first < direction->last; }

static void relay(void) {
  for (;;) {
    struct pollfd ready[3] = {
        {.fd = there.from, .events = (short)((is_full(&there) ? 0 : POLLIN) | (is_full(&back) ? POLLOUT : 0))},
        {.fd = back.from, .events = (short)((is_full(&back) ? 0 : POLLIN) | (is_full(&there) ? POLLOUT : 0))},
        {.fd = STDIN_FILENO, .events = POLLIN}};
    poll(ready, 3, -1);
    if (ready[2].revents) exit(0);
    int some_there = ready[0].revents & ~POLLOUT || ready[1].revents & POLLOUT;
    int some_back = ready[1].revents & ~POLLOUT || ready[0].revents & POLLOUT;
    if ((some_there && !pass_on(&there)) || (some_back && !pass_on(&back))) return;
  }
}

int main(int argc, char **argv) {
  int listener = listen_on((int)number(argc, argv, "port", NULL));
  say_ready();
  for (;;) {
    accept_two(listener);
    relay();
    close(there.from);
    close(there.to);
  }
}
