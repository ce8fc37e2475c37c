// Room Editing.
