// Texts in one file, each after a line with its length.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
  char *bytes;
  size_t length;
};

struct pack {
  struct text *texts;
  size_t count;
};

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static struct text read_file(const char *path) {
  struct text text = {NULL, 0};
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) fail(path);
  long size = ftell(file);
  rewind(file);
  text.bytes = malloc((size_t)size + 1);
  if (!text.bytes || fread(text.bytes, 1, (size_t)size, file) != (size_t)size) fail(path);
  text.bytes[size] = 0;
  text.length = (size_t)size;
  fclose(file);
  return text;
}

static __attribute__((unused)) struct pack read_pack(const char *path) {
  struct text all = read_file(path);
  struct pack pack = {NULL, 0};
  size_t room = 0;
  char *at = all.bytes, *end = all.bytes + all.length;
  while (at < end) {
    char *text = NULL;
    unsigned long length = strtoul(at, &text, 10);
    if (text == at || *text != '\n' || length > (size_t)(end - text - 1)) fail("the pack is malformed");
    if (pack.count == room) {
      room = room ? 2 * room : 1024;
      pack.texts = realloc(pack.texts, room * sizeof *pack.texts);
      if (!pack.texts) fail("no memory");
    }
    pack.texts[pack.count++] = (struct text){text + 1, length};
    at = text + 1 + length;
  }
  return pack;
}
