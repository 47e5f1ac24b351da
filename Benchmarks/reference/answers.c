// Parses JSON texts with jansson, and does nothing else.
//
//   answers PACK
#include <jansson.h>

#include "pack.h"

int main(int count, char **arguments) {
  if (count != 2) return 64;
  struct pack pack = read_pack(arguments[1]);
  size_t bytes = 0;
  for (size_t index = 0; index < pack.count; index++) {
    json_t *value = json_loadb(pack.texts[index].bytes, pack.texts[index].length, 0, NULL);
    if (!value) fail("an answer is not JSON");
    json_decref(value);
    bytes += pack.texts[index].length;
  }
  printf("{\"answers\": %zu, \"bytes\": %zu}\n", pack.count, bytes);
  return 0;
}
