// What Swift cannot see of SQLite on its own: macros.
#ifndef RANDMAP_CSQLITE_H
#define RANDMAP_CSQLITE_H
#if !__has_include(<sqlite3.h>)
#error "SQLite's headers are missing: run 'make deps', or apt-get install libsqlite3-dev"
#endif
#include <sqlite3.h>
#include <sys/fsuid.h>

// SQLite copies the text: a cast that Swift cannot write.
static inline int randmap_bind_text(sqlite3_stmt *statement, int index, const char *text, int length)
{
  return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}

// No checkpoint when the last connection closes: a call with any number of arguments, which Swift cannot make.
static inline int randmap_keep_log_on_close(sqlite3 *database)
{
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
#endif
