// The system's resolver library. A module of its own: unlike CLinux it must be read without _GNU_SOURCE,
// or its fd_set is not the one of Swift's Glibc module.
#ifndef RANDMAP_CRESOLV_H
#define RANDMAP_CRESOLV_H
#include <string.h>
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <netdb.h>

// Asks for the MX records of a name: the length of the answer, or -1 and why (a value of h_errno).
// The resolver's state is a union behind macros, so it stays on this side. A name server of null means
// those of resolv.conf.
static inline int randmap_query_mx(const char *name, const struct sockaddr_in *name_server,
                                   unsigned char *answer, int size, int *why)
{
  struct __res_state state;
  memset(&state, 0, sizeof state);
  if (res_ninit(&state) != 0) { *why = NETDB_INTERNAL; return -1; }
  state.retrans = 3;
  state.retry = 2;
  if (name_server) { state.nsaddr_list[0] = *name_server; state.nscount = 1; }
  int length = res_nquery(&state, name, ns_c_in, ns_t_mx, answer, size);
  *why = state.res_h_errno;
  res_nclose(&state);
  return length < size ? length : size;
}
#endif
