// What Swift cannot see of ncurses on its own: wide-character calls and macros.
#ifndef RANDMAP_CNCURSES_H
#define RANDMAP_CNCURSES_H
#define NCURSES_WIDECHAR 1
#if !__has_include(<curses.h>)
#error "ncurses headers are missing: run 'make deps', or apt-get install libncurses-dev"
#endif
#include <locale.h>
#include <langinfo.h>
#include <curses.h>
#include <term.h>

// Attributes are function-like macros, which Swift does not import.
static const attr_t randmap_attr_bold = WA_BOLD;
static const attr_t randmap_attr_dim = WA_DIM;
static const attr_t randmap_attr_reverse = WA_REVERSE;
static const attr_t randmap_attr_underline = WA_UNDERLINE;
#endif
