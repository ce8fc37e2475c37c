// What a thread asks the kernel for, besides memory, locks and the time: noted, and refused.
#ifndef RANDMAP_CTRAP_H
#define RANDMAP_CTRAP_H

// From now on and for ever, for this thread alone. 0, or errno.
int trap_calls(void);
// What was refused since the last look: how many calls, the number of the first, and the path that it named, empty
// where it named none.
int trapped_calls(long *first, char *path, unsigned long size);

#endif
