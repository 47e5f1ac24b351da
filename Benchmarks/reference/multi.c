// Sends requests with libcurl's multi interface, a number of them at once, and discards the answers. The options are
// those that arctl sets: HTTP/1.1, HTTP/2 with TLS, gzip.
//
//   multi CONCURRENCY PACK
//
// Each text of PACK is `METHOD URL` and, after a line feed, the body. AUTHORIZATION in the environment is the value of
// that header, CA_FILE the certificates to trust.
#include <curl/curl.h>

#include "pack.h"

static struct pack requests;
static size_t next_request, wrong;

static size_t discard(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes;
  *(size_t *)context += size * count;
  return size * count;
}

static void set_request(CURL *easy) {
  struct text text = requests.texts[next_request++];
  char method[8], url[4096];
  char *space = memchr(text.bytes, ' ', text.length);
  char *line = memchr(text.bytes, '\n', text.length);
  char *end = line ? line : text.bytes + text.length;
  if (!space || space > end || (size_t)(space - text.bytes) >= sizeof method || (size_t)(end - space) > sizeof url)
    fail("a request is malformed");
  memcpy(method, text.bytes, (size_t)(space - text.bytes));
  method[space - text.bytes] = 0;
  memcpy(url, space + 1, (size_t)(end - space - 1));
  url[end - space - 1] = 0;
  curl_easy_setopt(easy, CURLOPT_URL, url);
  if (strcmp(method, "GET") == 0) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  } else if (strcmp(method, "POST") == 0) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)(line ? text.bytes + text.length - line - 1 : 0));
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, line ? line + 1 : "");
  } else {
    fail("only GET and POST are sent");
  }
}

static CURL *new_handle(struct curl_slist *headers, size_t *bytes) {
  CURL *easy = curl_easy_init();
  if (!easy) fail("no memory");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60000L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "bench");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, bytes);
  if (getenv("CA_FILE")) curl_easy_setopt(easy, CURLOPT_CAINFO, getenv("CA_FILE"));
  return easy;
}

/// Takes finished transfers and starts the next request with each handle; returns how many ended for good.
static size_t take_finished(CURLM *multi) {
  size_t ended = 0;
  int left = 0;
  for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
    CURL *easy = message->easy_handle;
    long status = 0;
    if (message->data.result != CURLE_OK) fail(curl_easy_strerror(message->data.result));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) wrong++;
    curl_multi_remove_handle(multi, easy);
    if (next_request < requests.count) {
      set_request(easy);
      curl_multi_add_handle(multi, easy);
    } else {
      curl_easy_cleanup(easy);
      ended++;
    }
  }
  return ended;
}

int main(int count, char **arguments) {
  if (count != 3) return 64;
  size_t concurrency = strtoul(arguments[1], NULL, 10), bytes = 0, open = 0;
  requests = read_pack(arguments[2]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  char line[8192];
  snprintf(line, sizeof line, "Authorization: %s", getenv("AUTHORIZATION") ? getenv("AUTHORIZATION") : "");
  struct curl_slist *headers = curl_slist_append(NULL, line);
  headers = curl_slist_append(headers, "Content-Type: application/json");
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)concurrency);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
  curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, (long)concurrency);
  for (; open < concurrency && next_request < requests.count; open++) {
    CURL *easy = new_handle(headers, &bytes);
    set_request(easy);
    curl_multi_add_handle(multi, easy);
  }
  while (open > 0) {
    int running = 0;
    if (curl_multi_perform(multi, &running) != CURLM_OK) fail("curl_multi_perform");
    open -= take_finished(multi);
    if (open > 0 && curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK) fail("curl_multi_poll");
  }
  printf("{\"requests\": %zu, \"bytes\": %zu, \"wrong\": %zu}\n", requests.count, bytes, wrong);
  return wrong == 0 ? 0 : 1;
}
