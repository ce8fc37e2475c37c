# What the tests of the packages share. Read by bash.

passed=0
failed=0

# check SENTENCE COMMAND ...: whether the command succeeds; what it says is shown where it does not.
check() {
  local sentence=$1 said
  shift
  if said=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok      $sentence"
  else
    failed=$((failed + 1))
    echo "FAILED  $sentence"
    printf '%s\n' "$said" | sed 's/^/          /'
  fi
}

# check_fails STATUS TEXT SENTENCE COMMAND ...: whether the command ends with this status and says this.
check_fails() {
  local status=$1 text=$2 sentence=$3
  shift 3
  check "$sentence" ends_with "$status" "$text" "$@"
}

ends_with() {
  local status=$1 text=$2 said actual=0
  shift 2
  said=$("$@" 2>&1) || actual=$?
  printf 'status %s, need %s; need "%s" in: %s\n' "$actual" "$status" "$text" "$said"
  [ "$actual" = "$status" ] && [[ $said == *"$text"* ]]
}

equal() {
  [ "$1" = "$2" ] || { printf 'is:   %s\nneed: %s\n' "$1" "$2"; return 1; }
}

missing() {
  local path
  for path; do [ ! -e "$path" ] && [ ! -L "$path" ] || { echo "$path is there"; return 1; }; done
}

# finish: the closing line, and the status.
finish() {
  echo
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
