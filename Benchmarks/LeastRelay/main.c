// The least that can stand where the agent stands: it takes a delivery request, puts one member of the pool in the
// pool's place, and passes on what comes from either side. No lock, no weights, no probes, no counts, no second try; a
// request that it does not understand ends it. The bench measures beside it what any relay costs.
//
// Usage: least-relay QUEUE_DIRECTORY (as the superuser; Postfix 3.6 or later; pools of smtp: members, in-line)

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char greeting[] = "protocol\0delivery_request_protocol\0"; // and the null that ends it ends the list

enum { room = 65536 };

// One connection: of the queue manager (whose other side is the agent's), or to a delivery agent.
struct side {
  int file;
  bool is_agent, is_greeted;
  struct side *other;
  size_t count;
  char bytes[room];
};

static int poller;
static struct sockaddr_un agent = {.sun_family = AF_UNIX};

static void die(const char *what)
{
  fprintf(stderr, "least-relay: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void send_all(int file, const char *bytes, size_t count)
{
  if (send(file, bytes, count, MSG_NOSIGNAL) != (ssize_t) count) die("send");
}

static struct side *open_side(int file, bool is_agent)
{
  struct side *side = malloc(sizeof *side);
  if (side == NULL) die("malloc");
  side->file = file;
  side->is_agent = is_agent;
  side->is_greeted = false;
  side->other = NULL;
  side->count = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = side};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, file, &event) < 0) die("epoll_ctl");
  return side;
}

static void close_side(struct side *side)
{
  close(side->file);
  free(side);
}

// Whether the bytes hold `lists` whole lists, or, where `next_hop` is given, the list of a message and those of its
// recipients.
static bool is_whole(const struct side *side, size_t lists, const char **next_hop)
{
  const char *at = side->bytes, *end = at + side->count;
  while (at < end) {
    const char *name = at, *name_end = memchr(at, 0, end - at);
    if (name_end == NULL) return false;
    at = name_end + 1;
    if (name_end == name) {
      if (--lists == 0) return true;
      continue;
    }
    const char *value = at, *value_end = memchr(at, 0, end - at);
    if (value_end == NULL) return false;
    at = value_end + 1;
    if (next_hop == NULL) continue;
    if (strcmp(name, "nexthop") == 0) *next_hop = value;
    if (strcmp(name, "recipient_count") == 0) lists += strtoul(value, NULL, 10);
  }
  return false;
}

// Writes the next hops of all members of a pool, in a random order, as a list; returns its length.
static size_t shuffled(const char *pool, char *list)
{
  char text[4096], *members[64], *rest = text;
  const char separator[] = {pool[0], 0};
  size_t count = 0, length = 0;
  snprintf(text, sizeof text, "%s", pool + 1);
  for (char *member; count < 64 && (member = strsep(&rest, separator)) != NULL; ) members[count++] = member;
  for (size_t index = count; index > 0; index--) {
    size_t chosen = (size_t) random() % index;
    const char *colon = strchr(members[chosen], ':');
    length += (size_t) sprintf(list + length, "%s%s", length > 0 ? "," : "", colon == NULL ? "" : colon + 1);
    members[chosen] = members[index - 1];
  }
  return length;
}

static void hand_over(struct side *manager)
{
  int file = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (file < 0 || connect(file, (struct sockaddr *) &agent, sizeof agent) < 0) die(agent.sun_path);
  manager->other = open_side(file, true);
  manager->other->other = manager;
}

static void pass_request(struct side *delivery)
{
  struct side *manager = delivery->other;
  const char *pool = NULL;
  char request[room + 4096], *to = request;
  is_whole(manager, 1, &pool);
  size_t before = (size_t) (pool - manager->bytes), behind = before + strlen(pool);
  to = mempcpy(to, manager->bytes, before);
  to += shuffled(pool, to);
  to = mempcpy(to, manager->bytes + behind, manager->count - behind);
  send_all(delivery->file, request, (size_t) (to - request));
}

static void is_ready(struct side *side)
{
  ssize_t count = recv(side->file, side->bytes + side->count, room - side->count, 0);
  if (count <= 0) {
    if (side->is_agent || side->other != NULL) die("a delivery broke off");
    return close_side(side);
  }
  side->count += (size_t) count;
  const char *pool = NULL;
  if (!side->is_agent) {
    if (is_whole(side, 1, &pool)) hand_over(side);
  } else if (!is_whole(side, 1, NULL)) {
    return;
  } else if (!side->is_greeted) {
    side->is_greeted = true;
    side->count = 0;
    pass_request(side);
  } else {
    // The queue manager waits for this and does nothing else: no event of its side is left in this round.
    send_all(side->other->file, side->bytes, side->count);
    close_side(side->other);
    close_side(side);
  }
}

int main(int count, char **arguments)
{
  if (count != 2) {
    fprintf(stderr, "usage: least-relay QUEUE_DIRECTORY\n");
    return 2;
  }
  struct sockaddr_un own = {.sun_family = AF_UNIX};
  struct stat private;
  snprintf(own.sun_path, sizeof own.sun_path, "%s/private", arguments[1]);
  if (stat(own.sun_path, &private) < 0) die(own.sun_path);
  snprintf(own.sun_path, sizeof own.sun_path, "%s/private/randmap", arguments[1]);
  snprintf(agent.sun_path, sizeof agent.sun_path, "%s/private/smtp", arguments[1]);
  unlink(own.sun_path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *) &own, sizeof own) < 0 || chmod(own.sun_path, 0666) < 0
      || chown(own.sun_path, private.st_uid, (gid_t) -1) < 0 || listen(listener, SOMAXCONN) < 0)
    die(own.sun_path);
  if (setuid(private.st_uid) < 0) die("setuid");
  struct sched_param parameter = {.sched_priority = 0};
  sched_setscheduler(0, SCHED_BATCH, &parameter);
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event events[64] = {{.events = EPOLLIN, .data.ptr = NULL}};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, events) < 0) die("epoll_ctl");
  fprintf(stderr, "listening on %s\n", own.sun_path);
  for (;;) {
    int ready = epoll_wait(poller, events, 64, -1);
    for (int index = 0; index < ready; index++) {
      if (events[index].data.ptr != NULL) {
        is_ready(events[index].data.ptr);
        continue;
      }
      int file;
      while ((file = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        send_all(file, greeting, sizeof greeting);
        open_side(file, false);
      }
    }
  }
}
