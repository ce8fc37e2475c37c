// Linux and glibc calls that Swift's Glibc module does not show.
#ifndef RANDMAP_CLINUX_H
#define RANDMAP_CLINUX_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <sys/ioctl.h>
#include <spawn.h>
#include <stdlib.h>
#include <pty.h>
#include <wchar.h>
#endif
