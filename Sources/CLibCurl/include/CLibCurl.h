#pragma once
#include <curl/curl.h>

// libcurl, loaded by `shim_load`. The libraries that it is linked with take longer to load than the rest of a command
// that sends nothing.
//
// Swift calls these functions, since those of <curl/curl.h> are not linked. Those that are variadic there have one
// function for each type of argument, because Swift cannot call variadic ones.

/// Loads libcurl; NULL, or the reason why it cannot be loaded. Every other function may be called after it has returned
/// NULL, from any thread.
const char *shim_load(void);

CURLcode shim_global_init(long flags);

CURL *shim_easy_init(void);
void shim_easy_cleanup(CURL *easy);
void shim_easy_reset(CURL *easy);
const char *shim_easy_strerror(CURLcode code);

CURLcode shim_set_long(CURL *easy, CURLoption option, long value);
CURLcode shim_set_large(CURL *easy, CURLoption option, curl_off_t value);
/// libcurl copies the text, apart from what its page on the option says otherwise.
CURLcode shim_set_text(CURL *easy, CURLoption option, const char *value);
CURLcode shim_set_pointer(CURL *easy, CURLoption option, void *value);
typedef size_t (*shim_data_callback)(char *data, size_t size, size_t count, void *context);
CURLcode shim_set_callback(CURL *easy, CURLoption option, shim_data_callback value);
/// For CURLOPT_OPENSOCKETFUNCTION.
CURLcode shim_set_socket_callback(CURL *easy, curl_opensocket_callback value);
/// Zero if libcurl does not know it.
long shim_get_long(CURL *easy, CURLINFO info);
/// Zero if libcurl does not know it.
curl_off_t shim_get_large(CURL *easy, CURLINFO info);

struct curl_slist *shim_list_append(struct curl_slist *list, const char *text);
void shim_list_free(struct curl_slist *list);

CURLM *shim_multi_init(void);
void shim_multi_cleanup(CURLM *multi);
CURLMcode shim_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode shim_multi_add(CURLM *multi, CURL *easy);
CURLMcode shim_multi_remove(CURLM *multi, CURL *easy);
CURLMcode shim_multi_perform(CURLM *multi, int *running);
/// Waits for the sockets of all transfers, at most so many milliseconds.
CURLMcode shim_multi_poll(CURLM *multi, int milliseconds);
CURLMcode shim_multi_wakeup(CURLM *multi);
CURLMsg *shim_multi_read(CURLM *multi, int *left);
const char *shim_multi_strerror(CURLMcode code);

CURLSH *shim_share_init(void);
void shim_share_cleanup(CURLSH *share);
CURLSHcode shim_share(CURLSH *share, curl_lock_data data);

/// The address for which libcurl asks for a socket; the struct holds its first bytes only.
static inline const struct sockaddr *shim_socket_address(const struct curl_sockaddr *address) {
  return &address->addr;
}

/// The result of a finished transfer: a union, of which Swift sees only the bytes.
static inline CURLcode shim_message_result(const CURLMsg *message) { return message->data.result; }
