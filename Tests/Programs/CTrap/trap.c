// A filter of seccomp(2) for one thread. A call that is not on its list raises SIGSYS, whose handler notes it and lets it
// fail as one that is not permitted.
#define _GNU_SOURCE 1
#include "trap.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

static volatile int count;
static volatile long first_call;
static char first_path[200];

// Memory, locks, the time, signals of its own, and the end of the thread.
static const int allowed[] = {
  SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk, SYS_futex, SYS_getrandom, SYS_rt_sigreturn,
  SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_sigaltstack, SYS_gettid, SYS_getpid, SYS_tgkill, SYS_sched_yield,
  SYS_clock_gettime, SYS_set_robust_list, SYS_rseq, SYS_exit, SYS_exit_group,
};

static void note(int signal, siginfo_t *info, void *context)
{
  (void)signal;
  mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
#if defined(__x86_64__)
  unsigned long arguments[2] = { (unsigned long)machine->gregs[REG_RDI], (unsigned long)machine->gregs[REG_RSI] };
  machine->gregs[REG_RAX] = -EPERM;
#elif defined(__aarch64__)
  unsigned long arguments[2] = { machine->regs[0], machine->regs[1] };
  machine->regs[0] = (unsigned long)-EPERM;
#endif
  if (count++ != 0) return;
  first_call = info->si_syscall;
  unsigned long path = 0;
  switch (info->si_syscall) {
  case SYS_openat: case SYS_newfstatat: case SYS_faccessat: case SYS_readlinkat: path = arguments[1]; break;
  case SYS_statfs:
#ifdef SYS_open
  case SYS_open: case SYS_stat: case SYS_lstat: case SYS_access: case SYS_readlink:
#endif
    path = arguments[0]; break;
  default: break;
  }
  if (path) strncpy(first_path, (const char *)path, sizeof first_path - 1);
}

int trap_calls(void)
{
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = note;
  action.sa_flags = SA_SIGINFO;
  if (sigaction(SIGSYS, &action, 0) != 0) return errno;
  enum { calls = sizeof allowed / sizeof *allowed };
  struct sock_filter filter[calls + 3];
  filter[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (int index = 0; index < calls; index++)
    filter[index + 1] = (struct sock_filter)BPF_JUMP(
      BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[index], (unsigned char)(calls - index), 0);
  filter[calls + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
  filter[calls + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = { .len = calls + 3, .filter = filter };
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 ? errno : 0;
}

int trapped_calls(long *first, char *path, unsigned long size)
{
  int found = count;
  *first = first_call;
  strncpy(path, first_path, size - 1);
  path[size - 1] = 0;
  count = 0;
  memset(first_path, 0, sizeof first_path);
  return found;
}
