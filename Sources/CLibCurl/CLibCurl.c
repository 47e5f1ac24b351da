#include "CLibCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#define EACH(DO)                                                                                   \
  DO(curl_global_init)                                                                             \
  DO(curl_easy_init)                                                                               \
  DO(curl_easy_cleanup)                                                                            \
  DO(curl_easy_reset)                                                                              \
  DO(curl_easy_strerror)                                                                           \
  DO(curl_easy_setopt)                                                                             \
  DO(curl_easy_getinfo)                                                                            \
  DO(curl_slist_append)                                                                            \
  DO(curl_slist_free_all)                                                                          \
  DO(curl_multi_init)                                                                              \
  DO(curl_multi_cleanup)                                                                           \
  DO(curl_multi_setopt)                                                                            \
  DO(curl_multi_add_handle)                                                                        \
  DO(curl_multi_remove_handle)                                                                     \
  DO(curl_multi_perform)                                                                           \
  DO(curl_multi_poll)                                                                              \
  DO(curl_multi_wakeup)                                                                            \
  DO(curl_multi_info_read)                                                                         \
  DO(curl_multi_strerror)                                                                          \
  DO(curl_share_init)                                                                              \
  DO(curl_share_cleanup)                                                                           \
  DO(curl_share_setopt)

// Each function under its own name and with the type that <curl/curl.h> declares. Where it is called, it is in
// parentheses, since the header may define a macro of that name with arguments.
#define MEMBER(name) __typeof__(&name) name;
static struct {
  EACH(MEMBER)
} library;

static char failure[256];

static void load(void) {
  void *handle = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
#define FIND(name) && (library.name = (__typeof__(&name))dlsym(handle, #name)) != NULL
  if (handle != NULL EACH(FIND)) return;
  const char *reason = dlerror();
  strncpy(failure, reason != NULL ? reason : "libcurl.so.4 is not usable", sizeof failure - 1);
}

const char *shim_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return failure[0] != 0 ? failure : NULL;
}

CURLcode shim_global_init(long flags) { return (library.curl_global_init)(flags); }

CURL *shim_easy_init(void) { return (library.curl_easy_init)(); }
void shim_easy_cleanup(CURL *easy) { (library.curl_easy_cleanup)(easy); }
void shim_easy_reset(CURL *easy) { (library.curl_easy_reset)(easy); }
const char *shim_easy_strerror(CURLcode code) { return (library.curl_easy_strerror)(code); }

CURLcode shim_set_long(CURL *easy, CURLoption option, long value) {
  return (library.curl_easy_setopt)(easy, option, value);
}

CURLcode shim_set_large(CURL *easy, CURLoption option, curl_off_t value) {
  return (library.curl_easy_setopt)(easy, option, value);
}

CURLcode shim_set_text(CURL *easy, CURLoption option, const char *value) {
  return (library.curl_easy_setopt)(easy, option, value);
}

CURLcode shim_set_pointer(CURL *easy, CURLoption option, void *value) {
  return (library.curl_easy_setopt)(easy, option, value);
}

CURLcode shim_set_callback(CURL *easy, CURLoption option, shim_data_callback value) {
  return (library.curl_easy_setopt)(easy, option, value);
}

CURLcode shim_set_socket_callback(CURL *easy, curl_opensocket_callback value) {
  return (library.curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

long shim_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return (library.curl_easy_getinfo)(easy, info, &value) == CURLE_OK ? value : 0;
}

curl_off_t shim_get_large(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  return (library.curl_easy_getinfo)(easy, info, &value) == CURLE_OK ? value : 0;
}

struct curl_slist *shim_list_append(struct curl_slist *list, const char *text) {
  return (library.curl_slist_append)(list, text);
}
void shim_list_free(struct curl_slist *list) { (library.curl_slist_free_all)(list); }

CURLM *shim_multi_init(void) { return (library.curl_multi_init)(); }
void shim_multi_cleanup(CURLM *multi) { (library.curl_multi_cleanup)(multi); }
CURLMcode shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return (library.curl_multi_setopt)(multi, option, value);
}
CURLMcode shim_multi_add(CURLM *multi, CURL *easy) {
  return (library.curl_multi_add_handle)(multi, easy);
}
CURLMcode shim_multi_remove(CURLM *multi, CURL *easy) {
  return (library.curl_multi_remove_handle)(multi, easy);
}
CURLMcode shim_multi_perform(CURLM *multi, int *running) {
  return (library.curl_multi_perform)(multi, running);
}
CURLMcode shim_multi_poll(CURLM *multi, int milliseconds) {
  return (library.curl_multi_poll)(multi, NULL, 0, milliseconds, NULL);
}
CURLMcode shim_multi_wakeup(CURLM *multi) { return (library.curl_multi_wakeup)(multi); }
CURLMsg *shim_multi_read(CURLM *multi, int *left) {
  return (library.curl_multi_info_read)(multi, left);
}
const char *shim_multi_strerror(CURLMcode code) { return (library.curl_multi_strerror)(code); }

CURLSH *shim_share_init(void) { return (library.curl_share_init)(); }
void shim_share_cleanup(CURLSH *share) { (library.curl_share_cleanup)(share); }
CURLSHcode shim_share(CURLSH *share, curl_lock_data data) {
  return (library.curl_share_setopt)(share, CURLSHOPT_SHARE, data);
}
