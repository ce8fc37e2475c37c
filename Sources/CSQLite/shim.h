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

// The first bytes of the database's file, read by SQLite's own descriptor: 1 where there are so many. A descriptor of our own
// must never be closed in a process that has the database open, since with it all locks of the process on the file go.
static inline int randmap_read_head(sqlite3 *database, void *bytes, int count)
{
  sqlite3_file *file = (sqlite3_file *)0;
  if (sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK) return 0;
  return file && file->pMethods && file->pMethods->xRead(file, bytes, count, 0) == SQLITE_OK;
}

// What a database that anybody may have made can cause, kept small: its schema runs no function that does something, no text is
// longer than the limit, and no statement changes the schema by hand.
static inline void randmap_distrust(sqlite3 *database, int longest)
{
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, longest);
}

// No checkpoint when the last connection closes: a call with any number of arguments, which Swift cannot make.
static inline int randmap_keep_log_on_close(sqlite3 *database)
{
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
#endif
