#pragma once
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

// MHD_start_daemon and MHD_get_daemon_info are variadic, which Swift cannot call.

typedef void *(*sandbox_uri_callback)(void *, const char *, struct MHD_Connection *);
typedef size_t (*sandbox_unescape_callback)(void *, struct MHD_Connection *, char *);
typedef void (*sandbox_log_callback)(void *, const char *, va_list);

static inline size_t sandbox_unescape_identity(void *context, struct MHD_Connection *connection,
                                               char *text) {
  (void)context;
  (void)connection;
  return strlen(text);
}

static inline void sandbox_log_nothing(void *context, const char *format, va_list arguments) {
  (void)context;
  (void)format;
  (void)arguments;
}

/// Starts a daemon on an IPv4 address in network byte order; port 0 takes a free one. NULL when the port cannot be had.
/// Until the headers of its first request are there, a connection that sends nothing is closed after so many seconds.
/// With a key and a certificate in PEM, which must stay until the daemon ends, it speaks TLS; NULL for plain HTTP.
static inline struct MHD_Daemon *sandbox_mhd_start(uint32_t host, uint16_t port,
                                                   unsigned int threads,
                                                   unsigned int header_timeout,
                                                   MHD_AccessHandlerCallback handler,
                                                   sandbox_uri_callback uri,
                                                   MHD_RequestCompletedCallback completed,
                                                   void *context, const char *key,
                                                   const char *certificate) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = host;
  struct MHD_OptionItem tls[] = {
      {key ? MHD_OPTION_HTTPS_MEM_KEY : MHD_OPTION_END, 0, (void *)key},
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)certificate},
      {MHD_OPTION_END, 0, NULL},
  };
  // poll, not epoll: edge-triggered, the end of a connection that comes together with its last bytes is lost until the
  // timeout (libmicrohttpd 0.9.75 takes a short read for the end of what there is).
  return MHD_start_daemon(
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_ALLOW_SUSPEND_RESUME |
          MHD_USE_ERROR_LOG | (key ? MHD_USE_TLS : 0),
      port, NULL, NULL, handler, context,
      MHD_OPTION_EXTERNAL_LOGGER, sandbox_log_nothing, NULL,
      MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
      MHD_OPTION_THREAD_POOL_SIZE, threads,
      MHD_OPTION_CONNECTION_LIMIT, 1024u,
      MHD_OPTION_CONNECTION_TIMEOUT, header_timeout,
      MHD_OPTION_UNESCAPE_CALLBACK, sandbox_unescape_identity, NULL,
      MHD_OPTION_URI_LOG_CALLBACK, uri, context,
      MHD_OPTION_NOTIFY_COMPLETED, completed, context,
      MHD_OPTION_ARRAY, tls,
      MHD_OPTION_END);
}

/// Whether the other end of a connection is on this machine; 0 when unknown.
static inline int sandbox_mhd_is_local(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (!info || !info->client_addr || info->client_addr->sa_family != AF_INET) return 0;
  const struct sockaddr_in *address = (const struct sockaddr_in *)info->client_addr;
  return ntohl(address->sin_addr.s_addr) >> 24 == 127;
}

/// Gives a connection whose headers came more time for its body and between requests, in seconds.
static inline void sandbox_mhd_set_timeout(struct MHD_Connection *connection,
                                           unsigned int seconds) {
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

/// The port that a daemon listens on; 0 when unknown.
static inline uint16_t sandbox_mhd_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}

/// The socket of a connection, which stays the daemon's; -1 when unknown.
static inline int sandbox_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? (int)info->connect_fd : -1;
}
