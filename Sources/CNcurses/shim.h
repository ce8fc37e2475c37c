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
#endif
