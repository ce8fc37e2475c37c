// Linux and glibc calls that Swift's Glibc module does not show.
#ifndef RANDMAP_CLINUX_H
#define RANDMAP_CLINUX_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
// fd_set has other member names under X/Open; Swift's Glibc module is built without, and the two must agree.
#include <features.h>
#pragma push_macro("__USE_XOPEN")
#undef __USE_XOPEN
#include <sys/select.h>
#pragma pop_macro("__USE_XOPEN")
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/xattr.h>
#include <sys/ioctl.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>
#include <pty.h>
#include <wchar.h>

// `environ` itself is shared mutable state, which Swift 6 refuses.
static inline char *const *current_environment(void) { return environ; }
#endif
