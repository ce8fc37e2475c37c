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
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>
#include <pty.h>
#include <wchar.h>
#include <string.h>
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <netdb.h>
#include <errno.h>

// `environ` itself is shared mutable state, which Swift 6 refuses.
static inline char *const *current_environment(void) { return environ; }

// The arguments of the call: how many, and where; 0 where they are not found. The kernel puts them in front of the first
// environment, with their number before them and a null pointer after them. An environment that was moved since has the
// size of its memory before it, which is no null pointer.
static inline int randmap_arguments(char *const **arguments)
{
  char *const *end = environ ? environ - 1 : 0;
  if (!end || *end) return 0;
  for (long count = 1; (unsigned long)end[-count] >= 4096; count++)
    if (end[-count] == program_invocation_name && (long)end[-count - 1] == count) {
      *arguments = end - count;
      return (int)count;
    }
  return 0;
}

// The user who listens at the other end of a connected local socket; 0 where it cannot be said, and then the result is -1.
static inline int randmap_peer(int file, uid_t *user)
{
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(file, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  *user = peer.uid;
  return 0;
}

// The two halves of a device's number: macros, which Swift does not see.
static inline unsigned randmap_major(dev_t device) { return major(device); }
static inline unsigned randmap_minor(dev_t device) { return minor(device); }
// The type of the file system that a path or a descriptor is on (statfs(2), linux/magic.h); 0 where it cannot be said.
static inline unsigned long randmap_file_system_of_path(const char *path)
{
  struct statfs status;
  return statfs(path, &status) == 0 ? (unsigned long)status.f_type & 0xFFFFFFFFul : 0;
}
static inline unsigned long randmap_file_system_of_file(int file)
{
  struct statfs status;
  return fstatfs(file, &status) == 0 ? (unsigned long)status.f_type & 0xFFFFFFFFul : 0;
}

// accept4(2), which Swift's Glibc module is built without; the connection does not block, and children do not get it.
int accept4(int, struct sockaddr *restrict, socklen_t *restrict, int);
static inline int randmap_accept(int listener)
{
  return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// This thread's scheduling policy, which Swift's Glibc module does not name: 0, or -1 and errno.
static inline int randmap_set_batch_scheduling(void)
{
  struct sched_param parameter = { .sched_priority = 0 };
  return sched_setscheduler(0, SCHED_BATCH, &parameter);
}

// Asks for the records of a name, of one type: the length of the answer, or -1 and why (a value of h_errno).
// The name is taken as it is: no domains are searched.
// The resolver's state is a union that only macros reach, so it stays on this side. A name server of null means
// those of resolv.conf.
static inline int randmap_query(const char *name, int type, const struct sockaddr_in *name_server,
                                unsigned char *answer, int size, int *why)
{
  struct __res_state state;
  memset(&state, 0, sizeof state);
  if (res_ninit(&state) != 0) { *why = NETDB_INTERNAL; return -1; }
  state.retrans = 3;
  state.retry = 2;
  // By TCP the library would wait without a limit: an answer that is cut comes as it is, and where resolv.conf says use-vc it is as
  // if one had been cut.
  state.options |= RES_IGNTC;
  if ((state.options & RES_USEVC) && size > 2) {
    res_nclose(&state);
    answer[2] |= 0x02;
    *why = TRY_AGAIN;
    return -1;
  }
  if (name_server) { state.nsaddr_list[0] = *name_server; state.nscount = 1; }
  int length = res_nquery(&state, name, ns_c_in, type, answer, size);
  *why = state.res_h_errno;
  res_nclose(&state);
  return length < size ? length : size;
}

// The name servers of resolv.conf(5), at most so many; how many there are.
static inline int randmap_name_servers(struct sockaddr_storage *servers, int most)
{
  struct __res_state state;
  memset(&state, 0, sizeof state);
  if (res_ninit(&state) != 0) return 0;
  int count = 0;
  for (int index = 0; index < state.nscount && index < MAXNS && count < most; index++) {
    memset(&servers[count], 0, sizeof servers[count]);
    if (state.nsaddr_list[index].sin_family == AF_INET)
      memcpy(&servers[count++], &state.nsaddr_list[index], sizeof(struct sockaddr_in));
    else if (state._u._ext.nsaddrs[index])
      memcpy(&servers[count++], state._u._ext.nsaddrs[index], sizeof(struct sockaddr_in6));
  }
  res_nclose(&state);
  return count;
}

// The message that asks for records of a name; its length, or -1.
static inline int randmap_question(const char *name, int type, unsigned char *message, int size)
{
  struct __res_state state;
  memset(&state, 0, sizeof state);
  if (res_ninit(&state) != 0) return -1;
  int length = res_nmkquery(&state, ns_o_query, name, ns_c_in, type, 0, 0, 0, message, size);
  res_nclose(&state);
  return length;
}
#endif
