#pragma once
#include <jansson.h>

/// The message of an error: an array, which Swift would see as a tuple.
static inline const char *shim_error_text(const json_error_t *error) { return error->text; }
