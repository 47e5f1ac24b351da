// Pulls all events of YAML files with libyaml, and does nothing else.
//
//   events FILE...
#include <yaml.h>

#include "pack.h"

int main(int count, char **arguments) {
  long events = 0;
  for (int index = 1; index < count; index++) {
    struct text text = read_file(arguments[index]);
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) fail("no memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (unsigned char *)text.bytes, text.length);
    for (int ended = 0; !ended;) {
      yaml_event_t event;
      if (!yaml_parser_parse(&parser, &event)) fail(parser.problem);
      ended = event.type == YAML_STREAM_END_EVENT;
      yaml_event_delete(&event);
      events++;
    }
    yaml_parser_delete(&parser);
    free(text.bytes);
  }
  printf("{\"events\": %ld}\n", events);
  return 0;
}
