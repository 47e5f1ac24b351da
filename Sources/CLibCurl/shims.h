#pragma once
#include <curl/curl.h>

// curl_easy_setopt, curl_multi_setopt and curl_easy_getinfo are variadic, which Swift cannot call:
// one function for each type of argument.

static inline CURLcode shim_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode shim_set_large(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

/// libcurl copies the text, apart from what its page on the option says otherwise.
static inline CURLcode shim_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode shim_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

typedef size_t (*shim_data_callback)(char *data, size_t size, size_t count, void *context);

static inline CURLcode shim_set_callback(CURL *easy, CURLoption option, shim_data_callback value) {
  return curl_easy_setopt(easy, option, value);
}

/// For CURLOPT_OPENSOCKETFUNCTION.
static inline CURLcode shim_set_socket_callback(CURL *easy, curl_opensocket_callback value) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

/// The address for which libcurl asks for a socket; the struct holds its first bytes only.
static inline const struct sockaddr *shim_socket_address(const struct curl_sockaddr *address) {
  return &address->addr;
}

static inline long shim_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline curl_off_t shim_get_large(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline CURLMcode shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLSHcode shim_share(CURLSH *share, curl_lock_data data) {
  return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}

/// The result of a finished transfer: a union, of which Swift sees only the bytes.
static inline CURLcode shim_message_result(const CURLMsg *message) { return message->data.result; }
