// Linked into the packaged program, so that it runs with glibc 2.34 (Red Hat Enterprise Linux 9 and its relatives,
// Amazon Linux 2023) although it is built with a later one.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <features.h>
#include <link.h>
#include <math.h>
#include <stdint.h>

#if __GLIBC_PREREQ(2, 35)

// libgcc's unwinder asks this function of glibc 2.35 which loaded object an address belongs to. With a definition in the
// program, glibc is not asked. It goes through the objects as the unwinder itself did before 2.35.

#if DLFO_STRUCT_HAS_EH_DBASE || DLFO_STRUCT_HAS_EH_COUNT
#error "This architecture needs more of struct dl_find_object than is filled in here."
#endif

struct search {
  uintptr_t address;
  struct dl_find_object *found;
};

static int look_in_object(struct dl_phdr_info *object, size_t size, void *data)
{
  (void)size;
  struct search *search = data;
  uintptr_t start = UINTPTR_MAX, end = 0, frames = 0;
  int is_inside = 0;
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[index];
    uintptr_t first = object->dlpi_addr + header->p_vaddr;
    uintptr_t last = first + header->p_memsz;
    if (header->p_type == PT_GNU_EH_FRAME) frames = first;
    if (header->p_type != PT_LOAD) continue;
    if (first < start) start = first;
    if (last > end) end = last;
    if (search->address >= first && search->address < last) is_inside = 1;
  }
  if (!is_inside || frames == 0) return 0;
  *search->found = (struct dl_find_object){
    .dlfo_map_start = (void *)start,
    .dlfo_map_end = (void *)end,
    .dlfo_eh_frame = (void *)frames,
  };
  return 1;
}

__attribute__((visibility("hidden"))) int _dl_find_object(void *address, struct dl_find_object *found)
{
  struct search search = { (uintptr_t)address, found };
  return dl_iterate_phdr(look_in_object, &search) ? 0 : -1;
}

// hypotf has a new version in glibc 2.35, which handles errors in another way. Swift's Glibc module keeps a reference to
// it in every program. In double precision nothing overflows, and the result is rounded once.
__attribute__((visibility("hidden"))) float hypotf(float x, float y)
{
  if (isinf(x) || isinf(y)) return INFINITY;
  return (float)__builtin_sqrt((double)x * x + (double)y * y);
}

#endif
