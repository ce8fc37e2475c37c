// Room Liveness.
