#pragma once
#include <string.h>
#include <zlib.h>

/// Inflates a raw deflate stream (no zlib header) as a whole. The number of bytes; -1 when it is malformed
/// or its content does not fit.
static inline long compression_inflate_raw(const unsigned char *input, unsigned int input_size,
                                           unsigned char *output, unsigned int output_size) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  // inflateInit2 is a macro.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return -1;
  stream.next_in = (unsigned char *)input;
  stream.avail_in = input_size;
  stream.next_out = output;
  stream.avail_out = output_size;
  int result = inflate(&stream, Z_FINISH);
  long count = (long)stream.total_out;
  inflateEnd(&stream);
  return result == Z_STREAM_END ? count : -1;
}
