// Room Checks.
