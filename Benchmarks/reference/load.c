// Sends raw HTTP/1.1 requests over keep-alive connections, one at a time on each, and counts the answers.
//
//   load PORT CONNECTIONS REQUESTS SECONDS PACK
//
// The requests are the texts of PACK in order, from the beginning again until REQUESTS are sent or SECONDS are over.
// Only answers with a Content-Length are understood.
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "pack.h"

enum { room = 1 << 16 };

struct connection {
  int socket;
  struct text request;
  size_t sent, filled, rest;  // bytes of the request; of the head in `head`; of the body still to come
  int in_body;
  char head[room];
};

static struct pack requests;
static size_t started, wanted, answered, bytes, by_class[6];
static uint16_t port;
static int queue, first_wrong;
static double deadline;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void open_socket(struct connection *connection) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1;
  connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->socket < 0 || connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0)
    fail("load: no connection");
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(queue, EPOLL_CTL_ADD, connection->socket, &event) != 0) fail("load: epoll");
}

/// Sends the next request; the requests are small, so that the socket takes them whole.
static int send_next(struct connection *connection) {
  if (started == wanted || now() > deadline) return 0;
  struct text request = requests.texts[started++ % requests.count];
  connection->filled = 0;
  connection->in_body = 0;
  if (send(connection->socket, request.bytes, request.length, MSG_NOSIGNAL) != (ssize_t)request.length)
    fail("load: a request could not be sent");
  return 1;
}

/// The value of Content-Length in a head that ends with a NUL.
static size_t body_length(const char *head) {
  for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, "Content-Length:", 15) == 0) return strtoul(line + 17, NULL, 10);
  fail("load: an answer without Content-Length");
  return 0;
}

/// Takes the head if it is complete; what follows it belongs to the body.
static void take_head(struct connection *connection) {
  connection->head[connection->filled] = 0;
  char *end = strstr(connection->head, "\r\n\r\n");
  if (!end) {
    if (connection->filled >= room - 1) fail("load: a head is too long");
    return;
  }
  size_t after = connection->filled - (size_t)(end + 4 - connection->head);
  *end = 0;
  int status = atoi(connection->head + 9);
  size_t length = body_length(connection->head);
  if (after > length) fail("load: bytes after an answer");
  by_class[status / 100 % 6]++;
  if (status / 100 != 2 && !first_wrong) first_wrong = status;
  bytes += length;
  connection->rest = length - after;
  connection->in_body = 1;
}

/// Reads what has come; returns 0 when the connection is no longer needed.
static int receive(struct connection *connection) {
  static char body[1 << 20];
  if (connection->in_body) {
    ssize_t got = recv(connection->socket, body, sizeof body, 0);
    if (got <= 0 || (size_t)got > connection->rest) fail("load: a connection ended within an answer");
    connection->rest -= (size_t)got;
  } else {
    ssize_t got = recv(connection->socket, connection->head + connection->filled, room - 1 - connection->filled, 0);
    if (got <= 0) fail("load: a connection ended before an answer");
    connection->filled += (size_t)got;
    take_head(connection);
  }
  if (!connection->in_body || connection->rest > 0) return 1;
  answered++;
  return send_next(connection);
}

int main(int count, char **arguments) {
  if (count != 6) return 64;
  port = (uint16_t)atoi(arguments[1]);
  size_t connections = strtoul(arguments[2], NULL, 10), open = 0;
  wanted = strtoul(arguments[3], NULL, 10);
  requests = read_pack(arguments[5]);
  queue = epoll_create1(EPOLL_CLOEXEC);
  struct connection *all = calloc(connections, sizeof *all);
  if (!all || requests.count == 0) fail("load: nothing to do");
  for (size_t index = 0; index < connections; index++) open_socket(&all[index]);
  double start = now();
  deadline = start + atof(arguments[4]);
  for (size_t index = 0; index < connections; index++) open += (size_t)send_next(&all[index]);
  while (open > 0) {
    struct epoll_event events[64];
    int ready = epoll_wait(queue, events, 64, 60000);
    if (ready <= 0) fail("load: no answer for a minute");
    for (int index = 0; index < ready; index++)
      if (!receive(events[index].data.ptr)) open--;
  }
  double seconds = now() - start;
  printf("{\"answers\": %zu, \"seconds\": %.6f, \"bytes\": %zu, \"ok\": %zu, \"first_wrong\": %d}\n", answered, seconds,
         bytes, by_class[2], first_wrong);
  return 0;
}
