#pragma once
#include <getopt.h>

/* getopt's state is in C globals, which Swift's concurrency check refuses to name. */

static inline int getopt_index(void) { return optind; }
static inline void getopt_set_index(int index) { optind = index; }
static inline void getopt_silence(void) { opterr = 0; }
static inline int getopt_option(void) { return optopt; }
static inline const char *getopt_argument(void) { return optarg; }
